import { join } from 'node:path';
import type { Clock } from '@latchkey/core/server';
import {
  createLoggerMock,
  type LoggerMock,
  ManualClock,
  seededRandomness,
} from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsRepository,
  type SavedObjectsType,
  StoreError,
} from '@latchkey/saved-objects';
import type { ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  type ConnectorReader,
  type DecryptedConnector,
  lookupOf,
} from '../../connector_data/index.ts';
import { oauthRevocationJobType, revocationJobEncryption } from '../mass_revocation/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';
import {
  CONNECTOR_PROBLEM_TYPE,
  CONNECTOR_TOKEN_TYPE,
  connectorProblemType,
  connectorTokenType,
  createTokens,
  type GrantEvent,
  OAUTH_REVOCATION_JOB_TYPE,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  type RefreshTimings,
  revocationEncryption,
  type Tokens,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from './index.ts';
import type { RefreshDeps } from './refresh/refresh_request.ts';
import type { ClientResolverDeps } from './revocation/client_resolver.ts';
import { RotatingProvider } from './rotating_provider.mock.ts';

/** A store with the token types, shared by several simulated processes. */
export interface TokenFixture {
  readonly clock: ManualClock;
  readonly provider: RotatingProvider;
  readonly store: DocumentStore;
  readonly repository: SavedObjectsRepository;
  /** Creates another process on the same store. */
  process(over?: ProcessOptions): TokenProcess;
  close(): Promise<void>;
}

export interface ProcessOptions {
  readonly instanceId?: string;
  readonly repository?: SavedObjectsRepository;
  readonly client?: Partial<ProviderClient>;
  /** Replaces `client`. Default: one client for every connector. */
  readonly clients?: ProviderClientFactory;
  readonly timings?: Partial<RefreshTimings>;
  readonly checkpoint?: RefreshDeps['checkpoint'];
  readonly connector?: DecryptedConnector;
  /** Default: returns `connector` for every id. */
  readonly connectors?: ConnectorReader;
  readonly clock?: Clock;
  /** Default: a probe of the processes of this machine. */
  readonly livenessProbe?: ProcessLivenessProbe;
  readonly formerClients?: ClientResolverDeps['formerClients'];
}

export interface TokenProcess extends Tokens {
  readonly events: GrantEvent[];
  readonly logger: LoggerMock;
}

const HIDDEN = [
  USER_CONNECTOR_TOKEN_TYPE,
  CONNECTOR_TOKEN_TYPE,
  OAUTH_REVOCATION_TYPE,
  CONNECTOR_PROBLEM_TYPE,
  OAUTH_REVOCATION_JOB_TYPE,
];

/** A store that refuses writes while `isUnavailable` returns true. Reads work. */
export function refusingWrites(inner: DocumentStore, isUnavailable: () => boolean): DocumentStore {
  return {
    ...inner,
    put: async (document, options) => {
      if (isUnavailable()) throw new StoreError('unavailable', 'The store is unavailable.');
      return inner.put(document, options);
    },
  };
}

/**
 * Creates a fixture with a SQLite store in memory, real encryption with a test key, a manual clock
 * and the rotating provider. With a `folder` the store is a file that other processes can also use.
 */
export async function createTokenFixture(
  options: {
    readonly wrapStore?: (store: DocumentStore) => DocumentStore;
    /** Further saved-object types, and their attributes that are encrypted. */
    readonly types?: readonly SavedObjectsType[];
    readonly encryption?: Parameters<typeof createTestEncryption>[0];
    /** For integration tests: folder of the store file. The caller deletes it. */
    readonly folder?: string;
  } = {},
): Promise<TokenFixture> {
  const { types = [], encryption = [], folder } = options;
  const clock = new ManualClock();
  const now = (): number => clock.now();
  const path = folder === undefined ? ':memory:' : join(folder, 'latchkey.sqlite');
  const inner = createSqliteStore({ path, now });
  const store = options.wrapStore?.(inner) ?? inner;
  const service = createSavedObjectsService({
    store,
    logger: createLoggerMock('savedobjects'),
    now,
    uuid: () => seededRandomness('ids').uuid(),
  });
  for (const type of [
    userConnectorTokenType,
    connectorTokenType,
    oauthRevocationType,
    connectorProblemType,
    oauthRevocationJobType,
    ...types,
  ]) {
    service.setup.registerType(type);
  }
  service.setup.registerEncryption(
    createTestEncryption([
      ...tokenEncryption,
      revocationEncryption,
      revocationJobEncryption,
      ...encryption,
    ]),
  );
  const started = await service.start();
  const repository = started.createRepository({
    includedHiddenTypes: [...HIDDEN, ...types.map(({ name }) => name)],
  });
  const provider = new RotatingProvider(() => new Date(clock.now()));
  let instances = 0;
  return {
    clock,
    provider,
    store,
    repository,
    process: (over = {}) => {
      instances += 1;
      const instanceId = over.instanceId ?? `process-${instances}`;
      const events: GrantEvent[] = [];
      const logger = createLoggerMock('tokens');
      const tokens = createTokens({
        repository: over.repository ?? repository,
        clients: over.clients ?? provider.clients(over.client),
        connectors: over.connectors ?? { find: async () => lookupOf(over.connector) },
        events: { emit: (event) => events.push(event) },
        clock: over.clock ?? clock,
        ...(over.livenessProbe === undefined ? {} : { livenessProbe: over.livenessProbe }),
        randomness: seededRandomness(instanceId),
        instanceId,
        logger,
        ...(over.timings === undefined ? {} : { timings: over.timings }),
        checkpoint: over.checkpoint,
        ...(over.formerClients === undefined ? {} : { formerClients: over.formerClients }),
      });
      return { ...tokens, events, logger };
    },
    close: () => service.stop(),
  };
}
