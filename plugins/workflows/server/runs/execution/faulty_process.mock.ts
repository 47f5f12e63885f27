import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ActionsClient } from '@latchkey/actions-plugin/server';
import type { Clock } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { z } from 'zod';
import { RunStore, type StoredRun } from '../store/run_store.ts';
import type { RunFixture, RunProcess } from './run_fixture.mock.ts';

/**
 * Kind of fault. `kill`: the process never does anything again. `suspend`: the process stops until
 * it is continued.
 */
export type Fault = 'kill' | 'suspend';

/** The operation of a process at which a fault occurs. */
export interface FaultPoint {
  readonly fault: Fault;
  /**
   * Number of the operation, from 0. Writes and calls of services count. For a suspension, reads
   * count too, because their results are outdated afterwards.
   */
  readonly operation: number;
  /**
   * `true`: the fault occurs after the operation took effect and before the process learns its
   * result.
   */
  readonly isAfter: boolean;
}

/** A call at the service. */
export interface ServiceCall {
  /** Name of the step. */
  readonly name: string;
  /** Idempotency key. All attempts of one execution of a step have the same. */
  readonly key: string;
  readonly isWrite: boolean;
}

/** Parts of a process that a test replaces, for example to switch off a safeguard. */
export interface Changes {
  readonly store?: (store: RunStore) => RunStore;
  readonly isStillOwner?: () => Promise<boolean>;
}

/** Short times, so that another process takes over a run after few seconds. */
const TIMINGS = { leaseMs: 3_000, searchMs: 1_000 };

type Execute = ActionsClient['execute'];

const called = z.object({
  subAction: z.string(),
  subActionParams: z.record(z.string(), z.string()),
});

/** A process that is killed or suspended at one of its accesses to the store or to a service. */
export class FaultyProcess {
  readonly #point: FaultPoint | undefined;
  #operations = 0;
  #isHit = false;
  #hasContinued = false;
  #lateChecks = 0;
  /** Resolves when operations continue. Timers continue after it. */
  readonly #operationsResumed = Promise.withResolvers<void>();
  readonly #timersResumed = Promise.withResolvers<void>();
  readonly process: RunProcess;

  /** @param onCall called when a request arrives at the service */
  constructor(
    fixture: RunFixture,
    {
      point,
      onCall,
      callMs = 0,
      changes = {},
    }: {
      /** Where the fault occurs. Absent: the process has no fault. */
      readonly point?: FaultPoint | undefined;
      readonly onCall: (call: ServiceCall) => void;
      /** Duration of each call in milliseconds. */
      readonly callMs?: number;
      readonly changes?: Changes | undefined;
    },
  ) {
    this.#point = point;
    const clock = this.#clockOver(fixture.clock);
    const repository = this.#repositoryOver(fixture.stored.repository);
    const { store: change = (store: RunStore) => store } = changes;
    const isStillOwner =
      changes.isStillOwner ?? ((run: StoredRun) => process.worker.isStillOwner(run));
    const process: RunProcess = fixture.process({
      clock,
      repository,
      timings: TIMINGS,
      store: change(new RunStore(repository, clock)),
      execute: this.#executeWith(onCall, () => clock.sleep(callMs)),
      isStillOwner: async (run) => {
        const isOwner = await isStillOwner(run);
        if (isOwner && this.#hasContinued) this.#lateChecks += 1;
        return isOwner;
      },
      isAbandoned: point !== undefined,
    });
    this.process = process;
  }

  /** Number of operations so far that count for the fault. Without a fault, all operations. */
  get operations(): number {
    return this.#operations;
  }

  /** `true`: the process is suspended or was killed. */
  get isHit(): boolean {
    return this.#isHit;
  }

  /** Number of times that the process, after its suspension, believed that it owned the run. */
  get lateChecks(): number {
    return this.#lateChecks;
  }

  /**
   * Continues a suspended process. Its timers notice the continuation later than its operations.
   */
  async continue(): Promise<void> {
    this.#hasContinued = true;
    this.#operationsResumed.resolve();
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    this.#timersResumed.resolve();
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  }

  #executeWith(onCall: (call: ServiceCall) => void, pause: () => Promise<void>): Execute {
    return ({ connectorId, params, idempotencyKey = '' }) => {
      const { subAction, subActionParams } = called.parse(params);
      const name = Object.values(subActionParams).join();
      return this.#operate(async () => {
        await pause();
        onCall({ name, key: idempotencyKey, isWrite: subAction === 'create' });
        return { connectorId, status: 'ok', data: {} };
      });
    };
  }

  async #operate<T>(work: () => Promise<T>, isRead = false): Promise<T> {
    const isCounted = !isRead || this.#point?.fault !== 'kill';
    const isHere = isCounted && this.#point?.operation === this.#operations;
    if (isCounted) this.#operations += 1;
    if (isHere && this.#point?.isAfter === false) this.#isHit = true;
    await this.#wait(this.#operationsResumed.promise);
    const result = await work();
    if (isHere && this.#point?.isAfter === true) this.#isHit = true;
    await this.#wait(this.#operationsResumed.promise);
    return result;
  }

  /** Waits for the end of a suspension. The promise never resolves if the process was killed. */
  async #wait(released: Promise<void>): Promise<void> {
    if (!this.#isHit) return;
    if (this.#point?.fault === 'kill') await new Promise(() => undefined);
    await released;
  }

  #clockOver(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        await this.#wait(this.#timersResumed.promise);
      },
    };
  }

  #repositoryOver(repository: SavedObjectsRepository): SavedObjectsRepository {
    const operate = <T>(work: () => Promise<T>): Promise<T> => this.#operate(work);
    const read = <T>(work: () => Promise<T>): Promise<T> => this.#operate(work, true);
    return {
      create: (...args) => operate(() => repository.create(...args)),
      get: (...args) => read(() => repository.get(...args)),
      getIfExists: (...args) => read(() => repository.getIfExists(...args)),
      bulkGet: (...args) => read(() => repository.bulkGet(...args)),
      update: (...args) => operate(() => repository.update(...args)),
      mutate: (...args) => operate(() => repository.mutate(...args)),
      delete: (...args) => operate(() => repository.delete(...args)),
      deleteMatching: (...args) => operate(() => repository.deleteMatching(...args)),
      find: (...args) => read(() => repository.find(...args)),
      iterate: async function* (options) {
        const batches = repository.iterate(options)[Symbol.asyncIterator]();
        for (;;) {
          const { done, value } = await read(() => batches.next());
          if (done === true) return;
          yield value;
        }
      } as SavedObjectsRepository['iterate'],
    };
  }
}
