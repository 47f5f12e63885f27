import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { concurrencyType } from './concurrency_type.ts';
import { type NewStoredRun, RunStore } from './run_store.ts';
import {
  definitionType,
  journalType,
  runType,
  SPACE_RUN_TYPES,
  valueType,
  WORKER_TYPE,
  workerType,
} from './run_types.ts';

/** Creates a store of runs in memory. */
export async function aRunStore(now: () => number = () => 0) {
  const savedObjects = createSavedObjectsService({
    store: createSqliteStore({ path: ':memory:' }),
    logger: createLoggerMock(),
    now,
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of [concurrencyType, runType, journalType, valueType, definitionType, workerType])
    savedObjects.setup.registerType(type);
  const { createRepository } = await savedObjects.start();
  const repository = createRepository({ includedHiddenTypes: [...SPACE_RUN_TYPES, WORKER_TYPE] });
  return {
    repository,
    store: new RunStore(repository, { now }),
    /** A store with the same runs, as another process uses it. */
    otherProcess: new RunStore(repository, { now }),
    stop: () => savedObjects.stop(),
  };
}

/** Copy of an object in which some methods are replaced. */
export function overriding<T extends object>(original: T, over: Partial<T>): T {
  return new Proxy(original, {
    get: (target, name) => {
      const value = Reflect.get(Object.hasOwn(over, name) ? over : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Attributes of a run that has just started for the user ana. */
export const aRun = (over: Partial<NewStoredRun> = {}): NewStoredRun => ({
  spaceId: 'default',
  workflowName: 'test',
  definitionId: 'd',
  isTestRun: false,
  triggeredBy: 'manual',
  username: 'ana',
  profileUid: 'u_ana',
  apiKeyId: null,
  status: 'running',
  inputs: {},
  createdAt: new Date(0).toISOString(),
  epoch: 0,
  seq: 0,
  ...over,
});
