import type { Logger } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { BoundedPool, type GrantRevoker, isUsable } from '../tokens/index.ts';
import { actorOf, type RevocationJob } from './revocation_job.ts';
import type { PlannedGrant } from './revocation_job_type.ts';
import type { RevocationSelector } from './revocation_selector.ts';

/** Grants of one run that are ended at once. Only the store is asked, and it writes together what arrives together; providers have a bound of their own. */
const CONCURRENCY = 25;

/** What became of one page. */
export interface PageResult {
  readonly ended: number;
  readonly unrevocable: number;
  readonly failed: number;
}

/**
 * Ends the grants of a page. May be repeated after a crash: a grant that is over by now was ended by the first try. What is named by another
 * generation is another grant, and is left alone.
 * @throws SavedObjectError `store_unavailable` when that is all there is to hear of any grant: nothing is lost, the page is tried again
 */
export async function revokePage(
  run: RevocationJob,
  page: readonly PlannedGrant[],
  deps: {
    readonly grantRevoker: GrantRevoker;
    readonly selected: RevocationSelector;
    readonly logger: Logger;
  },
): Promise<PageResult> {
  const pool = new BoundedPool(CONCURRENCY);
  const results = await Promise.allSettled(
    page.map((grant) => pool.run(() => revokePlanned(run, grant, deps))),
  );
  const outage = results.find((result) => result.status === 'rejected' && isOutage(result.reason));
  if (outage?.status === 'rejected' && results.every(({ status }) => status === 'rejected'))
    throw outage.reason;
  const sum = { ended: 0, unrevocable: 0, failed: 0 };
  for (const result of results) {
    if (result.status === 'fulfilled') {
      if (result.value !== 'spared') sum.ended += 1;
      if (result.value === 'unrevocable') sum.unrevocable += 1;
      continue;
    }
    sum.failed += 1;
    deps.logger.warn(`One grant of run [${run.id}] could not be ended and is tried again later`, {
      error: result.reason,
    });
  }
  return sum;
}

async function revokePlanned(
  run: RevocationJob,
  { connectorId, profileUid, generation }: PlannedGrant,
  {
    grantRevoker,
    selected,
  }: { readonly grantRevoker: GrantRevoker; readonly selected: RevocationSelector },
): Promise<'ended' | 'unrevocable' | 'spared'> {
  const key = { scope: 'per-user', connectorId, profileUid } as const;
  const outcome = await grantRevoker.end({
    key,
    reason: run.reason,
    actor: actorOf(run),
    revocationJobId: run.id,
    matches: (record) => record.generation === generation && selected.includes(record),
    resolveRevocationClient: (record) => selected.resolveRevocationClient(record),
  });
  if (outcome === 'ended' || outcome === 'unrevocable') return outcome;
  const record = await grantRevoker.readOrClear(key);
  // It works, and is the one that was planned: by now it is not meant any more.
  if (record !== undefined && isUsable(record) && record.generation === generation) return 'spared';
  const isUnrevocable = record?.state === 'ended' && record.generation === generation;
  return isUnrevocable && record.lastError?.code === 'revocation_unsupported'
    ? 'unrevocable'
    : 'ended';
}

function isOutage(error: unknown): boolean {
  return error instanceof SavedObjectError && error.code === 'store_unavailable';
}
