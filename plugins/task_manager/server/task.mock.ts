import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import type { TaskDefinition, TaskRunContext, TaskRunResult } from './types.ts';

/** Creates a task that records its runs and calls `behave`. */
export function aTask(
  behave: (context: TaskRunContext) => Promise<TaskRunResult | undefined> = async () => undefined,
  over: Partial<TaskDefinition> = {},
) {
  const seen: TaskRunContext[] = [];
  const definition: TaskDefinition = {
    type: 'test:task',
    title: 'Test',
    run: (context) => {
      seen.push(context);
      return behave(context);
    },
    ...over,
  };
  return { definition, seen };
}

/** Behavior of a task that ends only when its signal is aborted. */
export const untilAborted = ({ signal }: TaskRunContext) =>
  new Promise<undefined>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

/** A one-off task of {@link aTask}'s type. */
export const ONE_OFF = { id: 'one', taskType: 'test:task', params: { n: 1 } };
/** A store wrapper with which a test can make the store unavailable. */
export function anOutage() {
  let isOut = false;
  const fail = () => {
    if (isOut) throw new StoreError('unavailable', 'the test made the store unavailable');
  };
  const wrap = (store: DocumentStore): DocumentStore => ({
    ...store,
    getMany: async (...args) => {
      fail();
      return store.getMany(...args);
    },
    put: async (...args) => {
      fail();
      return store.put(...args);
    },
    delete: async (...args) => {
      fail();
      return store.delete(...args);
    },
    search: async (...args) => {
      fail();
      return store.search(...args);
    },
  });
  return {
    wrap,
    begin: () => {
      isOut = true;
    },
    end: () => {
      isOut = false;
    },
  };
}
