import type { RunStore, StoredRun } from '../store/run_store.ts';

/**
 * Returns the newest run of each workflow, by the id of the workflow. Workflows without a run are
 * left out.
 */
export async function latestRuns(
  store: Pick<RunStore, 'search'>,
  spaceId: string,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, StoredRun>> {
  const latest = new Map<string, StoredRun>();
  // One search for all workflows finds most of them; the others are searched one by one.
  const size = Math.min(4 * workflowIds.length, 100);
  if (size === 0) return latest;
  const { runs, total } = await store.search({ spaceId, workflowIds }, { page: 1, size });
  const add = (run: StoredRun | undefined): void => {
    if (run?.workflowId !== undefined && !latest.has(run.workflowId))
      latest.set(run.workflowId, run);
  };
  for (const run of runs) add(run);
  if (total <= size) return latest;
  const others = workflowIds
    .filter((id) => !latest.has(id))
    .map((id) => store.search({ spaceId, workflowIds: [id] }, { page: 1, size: 1 }));
  for (const { runs: found } of await Promise.all(others)) add(found[0]);
  return latest;
}
