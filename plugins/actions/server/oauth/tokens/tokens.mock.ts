import { join } from 'node:path';
import type { Clock, Randomness } from '@latchkey/core/server';
import {
  createLoggerMock,
  type LoggerMock,
  ManualClock,
  seededRandomness,
} from '@latchkey/core/server/mocks';
import { createEgress } from '@latchkey/egress';
import {
  type DocumentStore,
  type SavedObjectsRepository,
  StoreError,
} from '@latchkey/saved-objects';
import type { ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  type ConnectorReader,
  type DecryptedConnector,
  lookupOf,
} from '../../connector_data/index.ts';
import {
  type ActionsStack,
  type ActionsStackOptions,
  createActionsStack,
  createTypeRegistry,
  openActionsStore,
} from '../../testing/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';
import type { GrantEvent, RefreshTimings, Tokens } from './index.ts';
import type { RefreshDeps } from './refresh/refresh_request.ts';
import type { FormerClientReader } from './revocation/client_resolver.ts';
import { RotatingProvider } from './rotating_provider.mock.ts';

/** A store with the token types, and processes that share it. */
export interface TokenFixture {
  readonly clock: ManualClock;
  readonly provider: RotatingProvider;
  readonly store: DocumentStore;
  readonly repository: SavedObjectsRepository;
  /** Creates a process that uses the store. */
  process(over?: ProcessOptions): TokenProcess;
  close(): Promise<void>;
}

export interface ProcessOptions {
  readonly instanceId?: string;
  readonly repository?: SavedObjectsRepository;
  readonly client?: Partial<ProviderClient>;
  /** Factory of provider clients. Default: the same client for every connector. */
  readonly clients?: ProviderClientFactory;
  readonly timings?: Partial<RefreshTimings>;
  readonly checkpoint?: RefreshDeps['checkpoint'];
  readonly connector?: DecryptedConnector;
  /** Reader of connectors. Default: returns `connector` for every id. */
  readonly connectors?: ConnectorReader;
  readonly clock?: Clock;
  /**
   * Tells whether processes that hold leases exist. Default: checks the processes of this machine.
   */
  readonly livenessProbe?: ProcessLivenessProbe;
  readonly formerClients?: FormerClientReader;
  /** Source of ids and jitter. Default: seeded with the id of the process. */
  readonly randomness?: Randomness;
  readonly massRevocation?: NonNullable<ActionsStackOptions['replace']>['massRevocation'];
}

/** One process: its token services, and what it has recorded. */
export interface TokenProcess extends Tokens {
  readonly events: GrantEvent[];
  readonly logger: LoggerMock;
  readonly stack: ActionsStack;
}

/** Egress settings of clients that send no requests. */
const NO_EGRESS = {
  allowedHosts: [],
  dangerouslyAllowHttp: false,
  hostOverrides: {},
  customHostSettings: [],
  verificationMode: 'full',
  maxResponseBytes: 1024,
  timeoutMs: 1000,
} as const;

/** Wraps a store that refuses writes, but not reads, while `isUnavailable` returns `true`. */
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
 * Creates a fixture with SQLite in memory, real encryption with a test key, a manual clock and the
 * rotating provider. With `folder`, the store is a file that other processes can use too.
 */
export async function createTokenFixture(
  options: {
    readonly wrapStore?: (store: DocumentStore) => DocumentStore;
    /** Folder of the store file, for integration tests. The caller deletes it. */
    readonly folder?: string;
  } = {},
): Promise<TokenFixture> {
  const { folder } = options;
  const clock = new ManualClock();
  const path = folder === undefined ? ':memory:' : join(folder, 'latchkey.sqlite');
  const inner = createSqliteStore({ path, now: () => clock.now() });
  const store = options.wrapStore?.(inner) ?? inner;
  const { repository, close } = await openActionsStore({
    store,
    clock,
    randomness: seededRandomness('ids'),
  });
  const provider = new RotatingProvider(() => new Date(clock.now()));
  const egress = createEgress(NO_EGRESS);
  const types = createTypeRegistry({ egress, specs: [] });
  let instances = 0;
  return {
    clock,
    provider,
    store,
    repository,
    process: (over = {}) => {
      instances += 1;
      const { instanceId = `process-${instances}`, connector } = over;
      const events: GrantEvent[] = [];
      const logger = createLoggerMock('tokens');
      const stack = createActionsStack({
        savedObjects: { createRepository: () => over.repository ?? repository },
        clock: over.clock ?? clock,
        randomness: over.randomness ?? seededRandomness(instanceId),
        instanceId,
        logger,
        egress,
        types,
        replace: {
          clients: () => over.clients ?? provider.clients(over.client),
          connectorReader: () => over.connectors ?? { find: async () => lookupOf(connector) },
          events: { emit: (event) => events.push(event) },
          tokens: tokenOptions(over),
          massRevocation: over.massRevocation ?? {},
        },
      });
      return { ...stack.tokens, events, logger, stack };
    },
    close: async () => {
      await close();
      await egress.close();
    },
  };
}

function tokenOptions({ checkpoint, formerClients, livenessProbe, timings }: ProcessOptions) {
  return {
    checkpoint,
    ...(formerClients === undefined ? {} : { formerClients }),
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    ...(timings === undefined ? {} : { timings }),
  };
}
