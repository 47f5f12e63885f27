import type {
  ActionsClient,
  ActionsStart,
  ConnectorTypeDetails,
} from '@latchkey/actions-plugin/server';
import { aConnectorView, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { type Clock, systemRandomness } from '@latchkey/core/server';
import {
  anAuthenticatedUser,
  createLoggerMock,
  createUrlBuilder,
  ManualClock,
} from '@latchkey/core/server/mocks';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { WorkerPatternMatcher, WorkerTemplateRenderer } from '@latchkey/workflow-engine';
import { StepTypes } from '../../workflows/index.ts';
import type { RunQuota } from '../starts/run_quota.ts';
import { RunStarter } from '../starts/run_starter.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { aRunStore } from '../store/stored_runs.mock.ts';
import type { AuthorizationWaits } from './authorization_waits.ts';
import { RunExecutor, type RunExecutorDeps } from './run_executor.ts';
import { RunMemory } from './run_memory.ts';
import { RunWorker } from './run_worker.ts';
import type { WorkerTimings } from './worker_timings.ts';

/** Connector type of the steps `files.list`, which reads, and `files.create`, which writes. */
const FILES = {
  id: '.files',
  name: 'Files',
  actions: (['read', 'write'] as const).map((scope) => ({
    name: scope === 'read' ? 'list' : 'create',
    label: scope,
    description: 'For tests.',
    scope,
    isTool: false,
    input: { type: 'object', additionalProperties: true },
  })),
} as unknown as ConnectorTypeDetails;

const noChildren: ReturnType<RunExecutorDeps['childRuns']> = {
  portsOf: () => ({
    start: async () => {
      throw new Error('There are no other workflows in this test.');
    },
    state: async () => ({ kind: 'running' }),
    cancel: async () => undefined,
  }),
  isOrphan: async () => false,
};

type Execute = ActionsClient['execute'];

/**
 * A workflow with the given steps.
 * @param steps YAML lines of a list
 */
export const workflowOf = (steps: string): string =>
  `name: test\ntriggers: [{ type: manual }]\nsteps:\n${steps}\n`;

/** A process of the fixture that executes runs. */
export interface RunProcess {
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly starter: RunStarter;
}

/** Parts of a process that a test replaces. */
export interface ProcessOptions {
  readonly store?: RunStore;
  /** Store of this process. Default: the store of the fixture. */
  readonly repository?: SavedObjectsRepository;
  readonly clock?: Clock;
  readonly timings?: WorkerTimings;
  /**
   * `true`: the fixture does not stop the process at the end, because the process never responds.
   * Default: false.
   */
  readonly isAbandoned?: boolean;
  /** Responds to calls of connectors. Default: each call returns an empty output. */
  readonly execute?: Execute;
  readonly maxActive?: number;
  readonly maxRecordCharacters?: number;
  /**
   * Creates the service that continues runs that wait for an authorization. Default: nothing
   * continues them.
   */
  readonly authorizationWaits?: (worker: RunWorker) => Pick<AuthorizationWaits, 'search'>;
  readonly isStillOwner?: RunExecutorDeps['isStillOwner'];
  readonly quota?: Pick<RunQuota, 'add'>;
  /** Default: all spaces are open. */
  readonly spaces?: RunExecutorDeps['spaces'];
  readonly groups?: { enter(run: StoredRun): Promise<void> };
  readonly patterns?: RunExecutorDeps['patterns'];
  readonly templates?: RunExecutorDeps['templates'];
}

/** Executes runs in memory with a clock that the test controls. */
export class RunFixture {
  readonly clock = new ManualClock();
  readonly logger = createLoggerMock();
  readonly stored: Awaited<ReturnType<typeof aRunStore>>;
  readonly #patterns = new WorkerPatternMatcher();
  readonly #templates = new WorkerTemplateRenderer();
  readonly #processes: RunProcess[] = [];

  constructor(stored: Awaited<ReturnType<typeof aRunStore>>) {
    this.stored = stored;
  }

  /**
   * Creates a process that uses the store of the fixture. Tests call `start` on the parts that they
   * need.
   */
  process(options: ProcessOptions = {}): RunProcess {
    const { stored, logger } = this;
    const { store = stored.store, maxActive = 100 } = options;
    const { repository = stored.repository, clock = this.clock } = options;
    const { patterns = this.#patterns, templates = this.#templates } = options;
    const { quota = { add: async () => () => undefined } } = options;
    const actions: ActionsStart = createActionsStartMock(
      {
        getAll: async () => [
          aConnectorView({ id: 'c1', name: 'Files', connectorTypeId: '.files' }),
        ],
        ...(options.execute === undefined ? {} : { execute: options.execute }),
      },
      { types: [FILES] },
    );
    const stepTypes = new StepTypes(actions.connectorTypes);
    const { spaces = { isOpen: async () => true } } = options;
    const users = ['ana', 'ben', 'eve'].map((username) =>
      anAuthenticatedUser({ username, profileUid: `u_${username}` }),
    );
    const executor: RunExecutor = new RunExecutor({
      store,
      stepTypes,
      actions,
      security: createSecurityStartMock({ activeUsers: users }),
      spaces,
      urls: createUrlBuilder({ basePath: '', publicBaseUrl: 'https://latchkey.example.com' }),
      patterns,
      templates,
      clock,
      logger,
      maxActive,
      memory: new RunMemory(options.maxRecordCharacters ?? 500_000_000),
      isStillOwner: options.isStillOwner ?? ((run) => worker.isStillOwner(run)),
      childRuns: () => noChildren,
      onWaitStored: (run) => worker.continueLater(run),
    });
    const worker: RunWorker = new RunWorker({
      repository,
      ...(options.timings === undefined ? {} : { timings: options.timings }),
      store,
      executor,
      searches: [{ search: async () => waits?.search() }],
      clock,
      randomness: systemRandomness,
      logger,
    });
    const waits = options.authorizationWaits?.(worker);
    const randomness = systemRandomness;
    const starter = new RunStarter({
      store,
      executor,
      worker,
      stepTypes,
      spaces,
      quota,
      groups: options.groups ?? { enter: async () => undefined },
      patterns,
      templates,
      clock,
      randomness,
      logger,
    });
    const process = { executor, worker, starter };
    if (options.isAbandoned !== true) this.#processes.push(process);
    return process;
  }

  /**
   * Starts a run with the given steps.
   * @param steps YAML lines of a list
   */
  start({ starter }: RunProcess, steps: string, username = 'ana'): Promise<StoredRun> {
    return starter.start({
      spaceId: 'default',
      user: { username, profileUid: `u_${username}`, apiKeyId: null },
      yaml: workflowOf(steps),
      isTestRun: false,
      inputs: {},
      triggeredBy: 'manual',
    });
  }

  /** Reads a run repeatedly until it has one of the statuses. */
  async until(id: string, ...statuses: readonly string[]): Promise<StoredRun> {
    for (;;) {
      const run = await this.stored.store.read(id);
      if (run !== undefined && statuses.includes(run.status)) return run;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    for (const { executor, worker } of this.#processes) {
      await executor.stop();
      await worker.stop();
    }
    await Promise.all([this.#patterns.close(), this.#templates.close()]);
    await this.stored.stop();
  }
}

/** Creates a fixture without processes. */
export async function aRunFixture(): Promise<RunFixture> {
  const holder: { fixture?: RunFixture } = {};
  const stored = await aRunStore(() => holder.fixture?.clock.now() ?? 0);
  const fixture = new RunFixture(stored);
  holder.fixture = fixture;
  return fixture;
}
