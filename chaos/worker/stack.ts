import { join } from 'node:path';
import { systemRandomness } from '@latchkey/core/server';
import { createEgress, type Egress } from '@latchkey/egress';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { OAuthError } from '@latchkey/oauth-client';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { LoggingService } from '../../packages/core/server/logging/index.ts';
import { createGrantClients } from '../../plugins/actions/server/oauth/strategies/index.ts';
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
} from '../../plugins/actions/server/oauth/tokens/index.ts';
import type { GrantClient, GrantClients } from '../../plugins/actions/server/types.ts';
import { TIMINGS } from '../harness/timings.ts';
import { type Recorder, tokenName } from '../history/recorder.ts';
import { ChaosConnectors, chaosConnectorType } from './connectors.ts';
import { FaultyStore } from './faulty_store.ts';
import type { WorkerSettings } from './protocol.ts';
import { SkewedClock } from './skewed_clock.ts';

const KEYS = [
  'development-only-key-one-0123456789abcdef',
  'development-only-key-two-0123456789abcdef',
] as const;
const HIDDEN = [
  USER_CONNECTOR_TOKEN_TYPE,
  CONNECTOR_TOKEN_TYPE,
  OAUTH_REVOCATION_TYPE,
  CONNECTOR_PROBLEM_TYPE,
];

/** The capability under test, real from the token service down to the file and the socket. */
export interface Stack {
  readonly tokens: Tokens;
  readonly clients: GrantClients;
  readonly connectors: ChaosConnectors;
  readonly egress: Egress;
  readonly store: FaultyStore;
  readonly clock: SkewedClock;
  hasOutboxEntry(id: string): Promise<boolean>;
}

/** Builds the stack of one worker over the store file all workers share. */
export async function createStack(
  settings: WorkerSettings,
  hooks: {
    readonly recorder: Recorder;
    readonly checkpoint: (point: RefreshPoint) => Promise<void>;
  },
): Promise<Stack> {
  const { recorder } = hooks;
  const clock = new SkewedClock(settings.clockOffsetMs);
  const logging = new LoggingService({
    settings: {
      root: { level: 'trace', appenders: ['default'] },
      appenders: { default: { type: 'console', layout: { type: 'json' } } },
      loggers: [],
    },
    mode: 'production',
    version: '0.0.0',
    node: settings.worker,
  });
  const store = new FaultyStore(createSqliteStore({ path: join(settings.folder, 'chaos.sqlite') }));
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
    chaosConnectorType,
  ])
    service.setup.registerType(type);
  const [primary, other] = settings.writesWithKey === 0 ? KEYS : [KEYS[1], KEYS[0]];
  service.setup.registerEncryption(
    createTestEncryption([...tokenEncryption, revocationEncryption], {
      primary,
      decryptionOnly: [other],
    }),
  );
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
    createGrantClients({
      egress,
      ears: undefined,
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
    timings: TIMINGS,
    checkpoint: hooks.checkpoint,
  });
  return {
    tokens,
    clients,
    connectors,
    egress,
    store,
    clock,
    hasOutboxEntry: async (id) =>
      (await repository.getIfExists(OAUTH_REVOCATION_TYPE, id)) !== undefined,
  };
}

/** Grant clients that note which answers were read. */
function watched(
  inner: GrantClients,
  at: { readonly recorder: Recorder; readonly worker: string },
): GrantClients {
  const note = (token: string, presentation: string | undefined, outcome: string): void =>
    at.recorder.record({
      type: 'refresh_ended',
      worker: at.worker,
      presentation,
      token: tokenName(token),
      outcome,
    });
  const refresh =
    (client: GrantClient): GrantClient['refresh'] =>
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
    ...(profileUid === undefined ? {} : { person: profileUid }),
  };
}
