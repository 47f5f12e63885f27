// A `.tsx` file, because TanStack Query polls only where `window` exists.

import { QueryClient, type QueryFunctionContext, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isRefetch } from './is_refetch.ts';

let client: QueryClient;
let refetches: boolean[];
beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 0 } } });
  refetches = [];
});
afterEach(() => client.clear());

const succeed = async (context: QueryFunctionContext): Promise<string> => {
  refetches.push(isRefetch(context));
  return 'response';
};
const fail = async (context: QueryFunctionContext): Promise<string> => {
  refetches.push(isRefetch(context));
  throw new Error('no response');
};

it('the first request of each query is not a refetch, and later ones are', async () => {
  for (const queryKey of [['a'], ['a'], ['b']])
    await client.fetchQuery({ queryKey, queryFn: succeed });
  expect(refetches).toEqual([false, true, false]);
});

it('all requests except the first are refetches when a query polls and never succeeds', async () => {
  const polling = { queryKey: ['a'], queryFn: fail, refetchInterval: 5 };
  const observer = new QueryObserver(client, polling);
  await new Promise<void>((resolve) => {
    const stop = observer.subscribe(({ errorUpdateCount }) => {
      if (errorUpdateCount < 3) return;
      stop();
      resolve();
    });
  });
  expect(client.getQueryData(['a'])).toBeUndefined();
  expect(refetches).toEqual([false, true, true]);
});

it('the first request after a reset of a failed query is not a refetch', async () => {
  const query = { queryKey: ['a'], queryFn: fail };
  await expect(client.fetchQuery(query)).rejects.toThrow('no response');
  await client.resetQueries({ queryKey: ['a'] });
  await expect(client.fetchQuery(query)).rejects.toThrow('no response');
  expect(refetches).toEqual([false, false]);
});
