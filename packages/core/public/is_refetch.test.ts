import { expect, it } from '@jest/globals';
import { QueryClient, type QueryFunctionContext } from '@tanstack/react-query';
import { isRefetch } from './is_refetch.ts';

it('the first request of a query is no refetch, also after a failure, and later ones are', async () => {
  const client = new QueryClient();
  const refetches: boolean[] = [];
  const queryFn = async (context: QueryFunctionContext) => {
    refetches.push(isRefetch(context));
    if (refetches.length === 1) throw new Error('no response');
    return 'response';
  };
  const query = { queryKey: ['a'], queryFn, retry: false, staleTime: 0 };
  await expect(client.fetchQuery(query)).rejects.toThrow('no response');
  await client.fetchQuery(query);
  await client.fetchQuery(query);
  await client.fetchQuery({ ...query, queryKey: ['b'] });
  expect(refetches).toEqual([false, false, true, false]);
  client.clear();
});
