import { type Clock, systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  type DecryptedConnector,
  lookupOf,
} from '../../../plugins/actions/server/connector_data/index.ts';
// Tests revocation jobs without whole servers, on thousands of grants.
import {
  createMassRevocation,
  OAUTH_REVOCATION_JOB_TYPE,
  oauthRevocationJobType,
  revocationJobEncryption,
} from '../../../plugins/actions/server/oauth/mass_revocation/index.ts';
import type {
  ProviderClient,
  ProviderClientFactory,
} from '../../../plugins/actions/server/oauth/strategies/index.ts';
import {
  CONNECTOR_PROBLEM_TYPE,
  CONNECTOR_TOKEN_TYPE,
  connectorProblemType,
  connectorTokenType,
  createTokens,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '../../../plugins/actions/server/oauth/tokens/index.ts';
import type { StoreAddress } from './store_address.ts';

type MassRevocationServices = Parameters<typeof createMassRevocation>[0];

/** Options of {@link openRevocationLoad}. */
export interface RevocationLoadOptions {
  readonly store: StoreAddress;
  /** URL at which tokens are revoked. */
  readonly revocationEndpoint: string;
  /** True when the connector was deleted. */
  readonly isDeleted?: boolean;
  /**
   * Milliseconds by which this process's wall clock is ahead of the machine's. A dead process's
   * started revocations become due only after a while.
   */
  readonly aheadMs?: number;
  readonly checkpoint?: MassRevocationServices['checkpoint'];
}

/** Id of the only connector. */
export const CONNECTOR_ID = 'revocation-load';

/**
 * The services that revoke grants, assembled as in a server, on a real store and without a server.
 */
export async function openRevocationLoad(options: RevocationLoadOptions) {
  const { aheadMs = 0, checkpoint, isDeleted = false } = options;
  const clock: Clock = {
    now: () => systemClock.now() + aheadMs,
    monotonic: () => systemClock.monotonic(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  const logger = createLoggerMock('endings');
  const { service, repository } = await openRepository(options.store, clock);
  const clients = clientsOf(options.revocationEndpoint);
  const connectors = { find: async () => lookupOf(isDeleted ? undefined : connector) };
  const shared = { connectors, clients, clock, randomness: systemRandomness, logger };
  const tokens = createTokens({
    ...shared,
    repository,
    events: { emit: () => undefined },
    instanceId: systemRandomness.uuid(),
  });
  const created = createMassRevocation({
    ...shared,
    repository,
    tokens,
    hasAccess: async () => true,
    schedule: async () => undefined,
    onFinished: () => undefined,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  return {
    tokens,
    ...created,
    connector,
    client: clients.forConnector(connector),
    close: async () => {
      await tokens.stop(1_000);
      await service.stop();
    },
  };
}

async function openRepository(address: StoreAddress, clock: Clock) {
  const service = createSavedObjectsService({
    store:
      typeof address === 'string'
        ? createSqliteStore({ path: address })
        : createElasticsearchStore(address),
    logger: createLoggerMock('savedobjects'),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of [
    userConnectorTokenType,
    connectorTokenType,
    oauthRevocationType,
    connectorProblemType,
    oauthRevocationJobType,
  ])
    service.setup.registerType(type);
  service.setup.registerEncryption(
    createTestEncryption([...tokenEncryption, revocationEncryption, revocationJobEncryption]),
  );
  const { createRepository } = await service.start();
  const repository = createRepository({
    includedHiddenTypes: [
      USER_CONNECTOR_TOKEN_TYPE,
      CONNECTOR_TOKEN_TYPE,
      OAUTH_REVOCATION_TYPE,
      CONNECTOR_PROBLEM_TYPE,
      OAUTH_REVOCATION_JOB_TYPE,
    ],
  });
  return { service, repository };
}

const connector: DecryptedConnector = {
  id: CONNECTOR_ID,
  spaceId: 'default',
  name: CONNECTOR_ID,
  connectorTypeId: '.custom_api',
  config: {},
  secrets: {},
  authType: 'oauth_authorization_code',
  authMode: 'per-user',
  version: '1',
};

/** Provider clients that only revoke, over a socket. */
function clientsOf(revocationEndpoint: string): ProviderClientFactory {
  const never = () => {
    throw new Error('not part of this test');
  };
  const revoke: ProviderClient['revoke'] = async (token) => {
    const body = new URLSearchParams({ token });
    const response = await fetch(revocationEndpoint, { method: 'POST', body });
    await response.arrayBuffer();
    return response.ok ? 'revoked' : 'failed_transient';
  };
  const client: ProviderClient = {
    authType: 'oauth_authorization_code',
    fingerprint: 'revocation-load',
    providerKey: 'revocation-load',
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: new URL('/authorize', revocationEndpoint).href,
      tokenEndpoint: new URL('/token', revocationEndpoint).href,
      revocationEndpoint,
      clientId: 'development-client',
      tokenEndpointAuthMethod: 'none',
    },
    defaultLifetimeSeconds: 3600,
    idleLimitDays: undefined,
    ensureEndpointsAllowed: () => undefined,
    buildAuthorizationUrl: never,
    checkIssuer: () => undefined,
    exchangeCode: never,
    refresh: never,
    revoke,
    requestSharedToken: never,
  };
  return {
    forConnector: () => client,
    resolveRevocationClient: () => client,
    forConfiguration: () => ({ revoke }),
  };
}
