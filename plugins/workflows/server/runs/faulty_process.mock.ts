import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ActionsClient } from '@latchkey/actions-plugin/server';
import type { Clock } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { RunFixture, RunProcess } from './run_fixture.mock.ts';
import { RunStore } from './run_store.ts';

/** What happens to a process. `kill`: it never does anything again. `suspend`: until it continues. */
export type Fault = 'kill' | 'suspend';

/** A moment in the life of a process. */
export interface FaultPoint {
  readonly fault: Fault;
  /** Number of the operation, from 0: accesses to the store and calls of services. */
  readonly operation: number;
  /** `true`: the operation has its effect, and the process does not learn the result. */
  readonly isAfter: boolean;
}

/** A call at the service. */
export interface ServiceCall {
  /** Name of the step. */
  readonly name: string;
  /** The same for each attempt of one execution of a step. */
  readonly key: string;
  readonly isWrite: boolean;
}

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
  /** Ends the suspension of operations, and then that of timers. */
  readonly #operationsGate = Promise.withResolvers<void>();
  readonly #timersGate = Promise.withResolvers<void>();
  readonly process: RunProcess;
  readonly store: RunStore;

  /** @param onCall is called when a request arrives at the service */
  constructor(
    fixture: RunFixture,
    {
      point,
      onCall,
      change = (store) => store,
    }: {
      /** Absent: nothing happens to the process. */
      readonly point?: FaultPoint | undefined;
      readonly onCall: (call: ServiceCall) => void;
      /** Replaces parts of the store, such as a safeguard. */
      readonly change?: (store: RunStore) => RunStore;
    },
  ) {
    this.#point = point;
    const clock = this.#clockOver(fixture.clock);
    const repository = this.#repositoryOver(fixture.stored.repository);
    this.store = change(new RunStore(repository, clock));
    this.process = fixture.process({
      clock,
      repository,
      store: this.store,
      execute: this.#executeWith(onCall),
      isAbandoned: point !== undefined,
    });
  }

  /** Accesses to the store and calls so far. */
  get operations(): number {
    return this.#operations;
  }

  /** The process is suspended, or was killed. */
  get isHit(): boolean {
    return this.#isHit;
  }

  /** Continues a suspended process: its timers notice that later than its operations. */
  async continue(): Promise<void> {
    this.#operationsGate.resolve();
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    this.#timersGate.resolve();
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  }

  #executeWith(onCall: (call: ServiceCall) => void): Execute {
    return ({ connectorId, params, idempotencyKey = '' }) => {
      const { subAction, subActionParams } = called.parse(params);
      const name = Object.values(subActionParams).join();
      return this.#operate(async () => {
        onCall({ name, key: idempotencyKey, isWrite: subAction === 'create' });
        return { connectorId, status: 'ok', data: {} };
      });
    };
  }

  async #operate<T>(work: () => Promise<T>): Promise<T> {
    const operation = this.#operations;
    this.#operations += 1;
    const isHere = this.#point?.operation === operation;
    if (isHere && this.#point?.isAfter === false) this.#isHit = true;
    await this.#wait(this.#operationsGate.promise);
    const result = await work();
    if (isHere && this.#point?.isAfter === true) this.#isHit = true;
    await this.#wait(this.#operationsGate.promise);
    return result;
  }

  /** Waits for the end of a suspension. Never resolves in a process that was killed. */
  async #wait(gate: Promise<void>): Promise<void> {
    if (!this.#isHit) return;
    if (this.#point?.fault === 'kill') await new Promise(() => undefined);
    await gate;
  }

  #clockOver(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        await this.#wait(this.#timersGate.promise);
      },
    };
  }

  #repositoryOver(repository: SavedObjectsRepository): SavedObjectsRepository {
    const operate = <T>(work: () => Promise<T>): Promise<T> => this.#operate(work);
    return {
      create: (...args) => operate(() => repository.create(...args)),
      get: (...args) => operate(() => repository.get(...args)),
      getIfExists: (...args) => operate(() => repository.getIfExists(...args)),
      bulkGet: (...args) => operate(() => repository.bulkGet(...args)),
      update: (...args) => operate(() => repository.update(...args)),
      mutate: (...args) => operate(() => repository.mutate(...args)),
      delete: (...args) => operate(() => repository.delete(...args)),
      find: (...args) => operate(() => repository.find(...args)),
      iterate: async function* (options) {
        const batches = repository.iterate(options)[Symbol.asyncIterator]();
        for (;;) {
          const { done, value } = await operate(() => batches.next());
          if (done === true) return;
          yield value;
        }
      } as SavedObjectsRepository['iterate'],
    };
  }
}
