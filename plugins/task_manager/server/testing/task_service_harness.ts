import type { Clock, Randomness } from '@latchkey/core/server';
import {
  createLoggerMock,
  type LoggerMock,
  ManualClock,
  seededRandomness,
} from '@latchkey/core/server/mocks';
import { createSavedObjectsService, type DocumentStore } from '@latchkey/saved-objects';
import type { ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import type { RunOutcome } from '../running/index.ts';
import { startTaskService, type TaskService } from '../task_service.ts';
import { TASK_TYPE, TaskDefinitions, TaskStore, taskSavedObjectType } from '../tasks/index.ts';
import type { TaskDefinition } from '../types.ts';

/** One finished run, as metrics see it. */
export interface FinishedRun {
  readonly taskType: string;
  readonly outcome: RunOutcome;
}

/** Location of a store that several services share: a database file, or indices of a cluster. */
export type TestStore =
  | string
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

/** A task service over a real store. */
export interface TaskServiceHarness extends TaskService {
  readonly store: TaskStore;
  readonly documents: DocumentStore;
  readonly logger: LoggerMock;
  readonly runs: FinishedRun[];
  close(): Promise<void>;
}

/** Options of the fixture. The defaults suit a manual clock. */
export interface TaskServiceHarnessOptions {
  readonly definitions: readonly TaskDefinition[];
  /** Store of the process. Default: its own store in memory. */
  readonly path?: TestStore;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly ownerId?: string;
  readonly pollIntervalMs?: number;
  readonly maxWorkers?: number;
  readonly claimMs?: number;
  /** Probe of other processes. Default: that of this machine. */
  readonly probe?: ProcessLivenessProbe | undefined;
  /** Task claims begin when this resolves. Default: immediately. */
  readonly startAfter?: Promise<void>;
  /** Wraps the real store, for example to make it fail. */
  readonly wrapStore?: (store: DocumentStore) => DocumentStore;
}

/** Starts a real task service. By default it polls every 3 s with claims of 30 s. */
export async function aTaskService(
  options: TaskServiceHarnessOptions,
): Promise<TaskServiceHarness> {
  const {
    clock = new ManualClock(),
    ownerId = 'process-1',
    wrapStore = (store) => store,
  } = options;
  const { randomness = seededRandomness(ownerId) } = options;
  const logger = createLoggerMock();
  const documents = openTestStore(options.path ?? ':memory:');
  const savedObjects = createSavedObjectsService({
    store: wrapStore(documents),
    logger,
    now: () => clock.now(),
    uuid: () => randomness.uuid(),
  });
  savedObjects.setup.registerType(taskSavedObjectType);
  const started = await savedObjects.start();
  const store = new TaskStore(started.createRepository({ includedHiddenTypes: [TASK_TYPE] }));
  const definitions = new TaskDefinitions();
  for (const definition of options.definitions) definitions.register(definition);
  definitions.close();
  const runs: FinishedRun[] = [];
  const service = startTaskService({
    store,
    definitions,
    observer: {
      started: () => undefined,
      ended: ({ taskType, outcome }) => runs.push({ taskType, outcome }),
    },
    clock,
    randomness,
    logger,
    ownerId,
    pollIntervalMs: options.pollIntervalMs ?? 3000,
    maxWorkers: options.maxWorkers ?? 10,
    claimMs: options.claimMs ?? 30_000,
    probe: options.probe,
    startAfter: options.startAfter ?? Promise.resolve(),
  });
  return {
    ...service,
    store,
    documents,
    logger,
    runs,
    close: async () => {
      await service.stop();
      await savedObjects.stop();
    },
  };
}

function openTestStore(path: TestStore): DocumentStore {
  return typeof path === 'string' ? createSqliteStore({ path }) : createElasticsearchStore(path);
}
