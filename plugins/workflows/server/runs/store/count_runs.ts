import { EXECUTION_STATUSES } from '../../../common/index.ts';
import type { RunStore } from './run_store.ts';

/** Numbers of runs of a space by status, without those that are 0. */
export async function countRuns(
  store: Pick<RunStore, 'search'>,
  { spaceId }: { readonly spaceId: string },
): Promise<Readonly<Record<string, number>>> {
  const counts = await Promise.all(
    EXECUTION_STATUSES.map(async (status) => {
      const search = { spaceId, statuses: [status] };
      const { total } = await store.search(search, { page: 1, size: 1 });
      return [status, total] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, total]) => total > 0));
}
