import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import type { TaskDefinition, TaskRunContext, TaskRunResult } from './types.ts';

/** A task that records its runs and does what `behave` says. */
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

/** Ends only when told to by the signal, as a well-behaved task does. */
export const untilAborted = ({ signal }: TaskRunContext) =>
  new Promise<undefined>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

/** A one-off task of {@link aTask}'s type. */
export const ONE_OFF = { id: 'one', taskType: 'test:task', params: { n: 1 } };
/** A store that can be taken away. */
export function anOutage() {
  let isOut = false;
  const fail = () => {
    if (isOut) throw new StoreError('unavailable', 'the test took the store away');
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
