import {
  type ActionsStack,
  createActionsStack,
  type GrantEvent,
  OAUTH_REVOCATION_TYPE,
  openActionsStore,
  type ProviderClient,
  type ProviderClientFactory,
  type RefreshPoint,
} from '@latchkey/actions-plugin/server/testing';
import {
  type AuthenticatedUser,
  type Principal,
  type Randomness,
  systemRandomness,
} from '@latchkey/core/server';
import { createUrlBuilder } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { rotationType } from '@latchkey/encrypted-saved-objects-plugin/server/testing';
import { OAuthError } from '@latchkey/oauth-client';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { openStoreAt } from '@latchkey/test-environment/store_location';
import { CANARY, type Recorder, tokenName } from '../history/recorder.ts';
import type { KeysLeft, WorkerSettings } from '../plan/protocol.ts';
import { PROVIDER_HOST, PROVIDER_ORIGIN, WORKER_FIELD } from '../provider/provider_server.ts';
import { chaosSpec, currentCall } from './chaos_connector.ts';
import { FaultyStore } from './faulty_store.ts';
import { MANY, STORE_TIMEOUTS } from './server_settings.ts';
import { SkewedClock } from './skewed_clock.ts';
import { WorkerKeys } from './worker_keys.ts';
import { openLogging } from './worker_logging.ts';

/** The plugin's services in one worker, on a store that can fail and a clock that can be wrong. */
export interface Stack extends ActionsStack {
  readonly store: FaultyStore;
  readonly clock: SkewedClock;
  readonly keys: WorkerKeys;
  /** Continues abandoned revocation jobs, and all work that waits for a provider. */
  processBacklog(signal: AbortSignal): Promise<void>;
  /** Rotates all stored objects to the primary key of this process. */
  rotateKeys(): Promise<KeysLeft>;
  /** Resolves when the store can be read and written again. */
  awaitStore(): Promise<void>;
  hasOutboxEntry(id: string): Promise<boolean>;
}

/** A signed-in user of the run, in the default space. */
export function principalOf(profileUid: string): Principal & { readonly user: AuthenticatedUser } {
  const user = userOf(profileUid);
  return { user, spaceId: 'default', requestId: 'chaos' };
}

function userOf(profileUid: string): AuthenticatedUser {
  return { username: profileUid, profileUid, roles: [], authenticationType: 'session' };
}

/** Builds the stack of one worker over the shared store. */
export async function createStack(
  settings: WorkerSettings,
  hooks: {
    readonly recorder: Recorder;
    readonly checkpoint: (point: RefreshPoint) => Promise<void>;
  },
): Promise<Stack> {
  const { recorder } = hooks;
  const { worker } = settings;
  const clock = new SkewedClock(settings.clockOffsetMs);
  const logging = openLogging(worker);
  const store = new FaultyStore(
    openStoreAt(settings.store, {
      ...STORE_TIMEOUTS,
      logger: logging.get('elasticsearch'),
      now: () => clock.now(),
    }),
  );
  let keys: WorkerKeys | undefined;
  const opened = await openActionsStore({
    store,
    clock,
    logger: logging.get('savedobjects'),
    types: [rotationType],
    encryption: (registrations) => {
      keys = new WorkerKeys(registrations, settings.keys);
      return keys;
    },
  });
  if (keys === undefined) throw new Error('openActionsStore did not call the option [encryption]');
  const { savedObjects, repository } = opened;
  const scheduled = new Set<string>();
  const stack = createActionsStack({
    savedObjects,
    urls: createUrlBuilder({ basePath: '', publicBaseUrl: 'http://localhost:5601' }),
    clock,
    randomness: MARKED_RANDOMNESS,
    instanceId: systemRandomness.uuid(),
    logger: logging.get('actions'),
    settings: {
      allowedHosts: [PROVIDER_HOST],
      dev: { hostOverrides: { [PROVIDER_ORIGIN]: settings.origin } },
      responseTimeout: '30s',
      auth: { oauth_authorization_code: { rate_limits: { authorize: MANY, callback: MANY } } },
    },
    specs: [chaosSpec],
    plugins: {
      security: {
        ...createSecurityStartMock({ activeUsers: settings.members.users.map(userOf) }),
        // A mock would keep all events of a run that lasts hours.
        audit: { log: () => undefined },
      },
    },
    replace: {
      clients: (product) => watched(product, { recorder, worker }),
      connectorReader: (product) => ({
        find: async (id, spaceId) => {
          const found = await product.find(id, spaceId);
          const call = currentCall.getStore();
          if (call !== undefined && found.kind === 'found')
            call.client ??= String(found.connector.secrets['clientId']);
          return found;
        },
      }),
      events: { emit: (event) => recorder.record(auditLine(event, worker)) },
      tokens: { timings: settings.timings, checkpoint: hooks.checkpoint },
      // In production, tasks survive their process. Here, the search after quiescence finds
      // abandoned jobs.
      massRevocation: { schedule: async (id) => void scheduled.add(id) },
    },
  });
  const { revocationJobs, tokens } = stack;
  const workerKeys = keys;
  return {
    ...stack,
    store,
    clock,
    keys: workerKeys,
    processBacklog: async (signal) => {
      await revocationJobs.sweep(signal);
      for (const id of scheduled) await revocationJobs.workOn(id, signal);
      scheduled.clear();
      await tokens.outbox.processDue(signal);
    },
    rotateKeys: () => workerKeys.rotate(savedObjects, { clock, logger: logging.get('rotation') }),
    // The client of a cluster avoids nodes for a moment after they did not respond.
    awaitStore: async () => {
      const isAvailable = () =>
        store.ping().then(
          () => true,
          () => false,
        );
      await waitUntil('the store', isAvailable);
    },
    hasOutboxEntry: async (id) =>
      (await repository.getIfExists(OAUTH_REVOCATION_TYPE, id)) !== undefined,
  };
}

/**
 * Source of randomness whose longer values begin with the marker of secrets when they are encoded,
 * so that the search for leaks finds states, verifiers and nonces of flows.
 */
const MARKED_RANDOMNESS: Randomness = {
  ...systemRandomness,
  bytes: (length) => {
    const bytes = systemRandomness.bytes(length);
    // Eight characters of base64url are six bytes. Values shorter than 32 bytes are not secrets.
    if (length >= 32) Buffer.from(`${CANARY}-`, 'base64url').copy(bytes);
    return bytes;
  },
};

/**
 * Wraps provider clients, so that they send the worker's name and record which responses were read.
 */
function watched(
  inner: ProviderClientFactory,
  at: { readonly recorder: Recorder; readonly worker: string },
): ProviderClientFactory {
  const note = (token: string, presentation: string | undefined, outcome: string): void =>
    at.recorder.record({
      type: 'refresh_ended',
      worker: at.worker,
      presentation,
      token: tokenName(token),
      outcome,
    });
  const refresh =
    (client: ProviderClient): ProviderClient['refresh'] =>
    async (token, signal) => {
      try {
        const grant = await client.refresh(token, signal);
        note(token, grant.providerRequestId, 'granted');
        return grant;
      } catch (error) {
        const known = error instanceof OAuthError ? error : undefined;
        note(token, known?.providerRequestId, known?.code ?? 'unknown');
        throw error;
      }
    };
  return {
    forConnector: (connector) => {
      const additionalFields = { [WORKER_FIELD]: at.worker };
      const secrets = { ...connector.secrets, additionalFields };
      const client = inner.forConnector({ ...connector, secrets });
      return { ...client, refresh: refresh(client) };
    },
    resolveRevocationClient: (connector) => inner.resolveRevocationClient(connector),
    forConfiguration: (configuration) => inner.forConfiguration(configuration),
  };
}

function auditLine(event: GrantEvent, worker: string) {
  const { connectorId, profileUid } = event;
  return {
    type: 'audit' as const,
    worker,
    event: event.type === 'refresh_failed' ? `refresh_failed:${event.code}` : event.type,
    connector: connectorId,
    ...(profileUid === undefined ? {} : { user: profileUid }),
  };
}
