import {
  type ActionsStack,
  createActionsStack,
  type DecryptedConnector,
  lookupOf,
  openActionsStore,
  type ProviderClient,
  type ProviderClientFactory,
} from '@latchkey/actions-plugin/server/testing';
import { type Clock, systemClock, systemRandomness } from '@latchkey/core/server';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import { aConnector, aProviderClient } from './connectors.ts';

/** Options of {@link openRevocationLoad}. */
export interface RevocationLoadOptions {
  readonly location: StoreLocation;
  /** URL at which tokens are revoked. */
  readonly revocationEndpoint: string;
  /** `true`: the connectors have been deleted. */
  readonly isDeleted?: boolean;
  /**
   * Milliseconds by which this process's wall clock is ahead of the machine's. With it a test need
   * not wait: revocations that a dead process had started become due only after a while.
   */
  readonly aheadMs?: number;
  /** Called at each point of a job at which a test may stop the job. */
  readonly checkpoint?: (point: string) => Promise<void>;
}

/** The services of one process that revoke grants, without an HTTP server. */
export interface RevocationLoad
  extends Pick<ActionsStack, 'connectorRevocation' | 'revocationJobs' | 'tokens'> {
  /**
   * Stores grants of a connector for users `u_0` to `u_{users - 1}`, with the tokens of {@link
   * accessTokenOf} and {@link refreshTokenOf}.
   */
  fill(connectorId: string, users: number): Promise<void>;
  /** Closes the services and the store. */
  close(): Promise<void>;
}

const SEEDED_AT_ONCE = 100;

/** Returns the access token of user number `user`. */
export function accessTokenOf(connectorId: string, user: number): string {
  return `development-access-token-of-${connectorId}-${user}`;
}

/** Returns the refresh token of user number `user`. */
export function refreshTokenOf(connectorId: string, user: number): string {
  return `development-refresh-token-of-${connectorId}-${user}`;
}

/**
 * Opens a store with the real saved-objects service, encryption, token services and revocation
 * jobs. Every connector id is accepted: all connectors belong to one provider, which can only
 * revoke tokens.
 */
export async function openRevocationLoad(options: RevocationLoadOptions): Promise<RevocationLoad> {
  const { location, revocationEndpoint, isDeleted = false, aheadMs = 0, checkpoint } = options;
  const clock: Clock = {
    now: () => systemClock.now() + aheadMs,
    monotonic: () => systemClock.monotonic(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  const opened = await openActionsStore({ store: openStoreAt(location), clock });
  const client = revokingClient(revocationEndpoint);
  const stack = createActionsStack({
    savedObjects: opened.savedObjects,
    clock,
    instanceId: systemRandomness.uuid(),
    specs: [],
    replace: {
      clients: () => factoryOf(client),
      connectorReader: () => ({
        find: async (id) => lookupOf(isDeleted ? undefined : aConnector(id)),
      }),
      events: { emit: () => undefined },
      massRevocation: {
        hasAccess: async () => true,
        schedule: async () => undefined,
        onFinished: () => undefined,
        ...(checkpoint === undefined ? {} : { checkpoint }),
      },
    },
  });
  const { connectorRevocation, revocationJobs, tokens } = stack;
  const authorize = (connector: DecryptedConnector, user: number) =>
    tokens.grants.saveGrant({
      connector,
      client,
      profileUid: `u_${user}`,
      grant: {
        accessToken: accessTokenOf(connector.id, user),
        tokenType: 'Bearer',
        refreshToken: refreshTokenOf(connector.id, user),
        lifetimeSeconds: 86_400,
        refreshTokenLifetimeSeconds: undefined,
        scopes: undefined,
        account: undefined,
        requestedAt: new Date(),
        providerRequestId: undefined,
      },
    });
  return {
    connectorRevocation,
    revocationJobs,
    tokens,
    fill: async (connectorId, users) => {
      const connector = aConnector(connectorId);
      for (let from = 0; from < users; from += SEEDED_AT_ONCE) {
        const count = Math.min(SEEDED_AT_ONCE, users - from);
        await Promise.all(Array.from({ length: count }, (_, i) => authorize(connector, from + i)));
      }
    },
    close: async () => {
      await stack.close();
      await opened.close();
    },
  };
}

/** Returns a provider client that sends revocations over a real connection. */
function revokingClient(revocationEndpoint: string): ProviderClient {
  return aProviderClient({
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: new URL('/authorize', revocationEndpoint).href,
      tokenEndpoint: new URL('/token', revocationEndpoint).href,
      revocationEndpoint,
      clientId: 'development-client',
      tokenEndpointAuthMethod: 'none',
    },
    revoke: async (token) => {
      const body = new URLSearchParams({ token });
      const response = await fetch(revocationEndpoint, { method: 'POST', body });
      await response.arrayBuffer();
      return response.ok ? 'revoked' : 'failed_transient';
    },
  });
}

function factoryOf(client: ProviderClient): ProviderClientFactory {
  return {
    forConnector: () => client,
    resolveRevocationClient: () => client,
    forConfiguration: () => client,
  };
}
