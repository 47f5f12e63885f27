import { setTimeout as delay } from 'node:timers/promises';
import { systemRandomness } from '@latchkey/core/server';
import { createEgress, type Egress } from '@latchkey/egress';
import { OAuthError } from '@latchkey/oauth-client';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import {
  type ConnectorRevocation,
  createMassRevocation,
  type MassRevocationService,
  OAUTH_REVOCATION_JOB_TYPE,
  oauthRevocationJobType,
  revocationJobEncryption,
} from '../../../plugins/actions/server/oauth/mass_revocation/index.ts';
import {
  createProviderClients,
  type ProviderClient,
  type ProviderClientFactory,
} from '../../../plugins/actions/server/oauth/strategies/index.ts';
import {
  CONNECTOR_PROBLEM_TYPE,
  CONNECTOR_TOKEN_TYPE,
  connectorProblemType,
  connectorTokenType,
  createTokens,
  type GrantEvent,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  type RefreshPoint,
  revocationEncryption,
  type Tokens,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '../../../plugins/actions/server/oauth/tokens/index.ts';
import { rotationType } from '../../../plugins/encrypted_saved_objects/server/rotation/index.ts';
import { type Recorder, tokenName } from '../history/recorder.ts';
import { ChaosConnectors, chaosConnectorType } from './connectors.ts';
import { FaultyStore } from './faulty_store.ts';
import { openStore } from './open_store.ts';
import type { KeysLeft, WorkerSettings } from './protocol.ts';
import { SkewedClock } from './skewed_clock.ts';
import { WorkerKeys } from './worker_keys.ts';
import { openLogging } from './worker_logging.ts';

/** Retry interval for the store. Short, because the harness gives up on a round otherwise. */
const STORE_PAUSE_MS = 50;
const STORE_TIMEOUT_MS = 20_000;
const HIDDEN = [
  USER_CONNECTOR_TOKEN_TYPE,
  CONNECTOR_TOKEN_TYPE,
  OAUTH_REVOCATION_TYPE,
  CONNECTOR_PROBLEM_TYPE,
  OAUTH_REVOCATION_JOB_TYPE,
];

/** The capability under test, real from the token service down to the file and the socket. */
export interface Stack {
  readonly tokens: Tokens;
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  /** Continues abandoned revocation jobs, and everything that waits for a provider. */
  processBacklog(signal: AbortSignal): Promise<void>;
  readonly clients: ProviderClientFactory;
  readonly connectors: ChaosConnectors;
  readonly egress: Egress;
  readonly store: FaultyStore;
  readonly clock: SkewedClock;
  readonly keys: WorkerKeys;
  /** Rotates everything stored to this process's primary key. */
  rotateKeys(): Promise<KeysLeft>;
  /** Resolves when the store can be read and written again. */
  awaitStore(): Promise<void>;
  hasOutboxEntry(id: string): Promise<boolean>;
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
  const clock = new SkewedClock(settings.clockOffsetMs);
  const logging = openLogging(settings.worker);
  const store = new FaultyStore(
    openStore(settings.store, { logger: logging.get('elasticsearch'), clock }),
  );
  const service = createSavedObjectsService({
    store,
    logger: logging.get('savedobjects'),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of [
    userConnectorTokenType,
    connectorTokenType,
    oauthRevocationType,
    connectorProblemType,
    oauthRevocationJobType,
    rotationType,
    chaosConnectorType,
  ])
    service.setup.registerType(type);
  const keys = new WorkerKeys(
    [...tokenEncryption, revocationEncryption, revocationJobEncryption],
    settings.keys,
  );
  service.setup.registerEncryption(keys);
  const started = await service.start();
  const repository = started.createRepository({ includedHiddenTypes: HIDDEN });
  const egress = createEgress({
    allowedHosts: ['127.0.0.1'],
    dangerouslyAllowHttp: true,
    hostOverrides: {},
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 1_000_000,
    timeoutMs: 30_000,
  });
  const clients = watched(
    createProviderClients({
      egress,
      ears: undefined,
      trustedRevocationOrigins: new Set(),
      findProviderEntry: () => ({ oauth: { revocationUrl: `${settings.origin}/revoke` } }),
      now: () => new Date(clock.now()),
      logger: logging.get('oauth'),
    }),
    { recorder, worker: settings.worker },
  );
  const connectors = new ChaosConnectors(repository, settings.origin, settings.worker);
  const tokens = createTokens({
    repository,
    clients,
    connectors,
    events: { emit: (event) => recorder.record(auditLine(event, settings.worker)) },
    clock,
    randomness: systemRandomness,
    instanceId: systemRandomness.uuid(),
    logger: logging.get('tokens'),
    timings: settings.timings,
    checkpoint: hooks.checkpoint,
  });
  const scheduled = new Set<string>();
  const { revocationJobs, connectorRevocation } = createMassRevocation({
    repository,
    tokens,
    connectors,
    hasAccess: async () => true,
    // Tasks survive their process in production; here the sweep after quiescence finds abandoned
    // jobs.
    schedule: async (id) => void scheduled.add(id),
    onFinished: () => undefined,
    clock,
    randomness: systemRandomness,
    logger: logging.get('mass_revocation'),
  });
  const processBacklog = async (signal: AbortSignal): Promise<void> => {
    await revocationJobs.sweep(signal);
    for (const id of scheduled) await revocationJobs.workOn(id, signal);
    scheduled.clear();
    await tokens.outbox.processDue(signal);
  };
  return {
    tokens,
    revocationJobs,
    connectorRevocation,
    processBacklog,
    clients,
    connectors,
    egress,
    store,
    clock,
    keys,
    rotateKeys: () => keys.rotate(started, { clock, logger: logging.get('rotation') }),
    awaitStore: () => untilWritable(() => store.ping()),
    hasOutboxEntry: async (id) =>
      (await repository.getIfExists(OAUTH_REVOCATION_TYPE, id)) !== undefined,
  };
}

/** A cluster's client avoids nodes for a moment after they did not respond. */
async function untilWritable(ping: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + STORE_TIMEOUT_MS;
  for (;;) {
    try {
      return await ping();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(STORE_PAUSE_MS);
    }
  }
}

/** Provider clients that record which responses were read. */
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
      const client = inner.forConnector(connector);
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
