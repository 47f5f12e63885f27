import type { Logger } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { BoundedPool, type GrantRevoker, isUsable } from '../tokens/index.ts';
import { actorOf, type RevocationJob } from './revocation_job.ts';
import type { PlannedGrant } from './revocation_job_type.ts';
import type { RevocationSelector } from './revocation_selector.ts';

/**
 * Grants of one job that are ended at the same time. Each one calls only the store, which batches
 * writes. Calls to providers have their own limit.
 */
const CONCURRENCY = 25;

/** Counts of one page. */
export interface PageResult {
  readonly ended: number;
  readonly unrevocable: number;
  readonly failed: number;
}

/**
 * Ends the grants of a page. Safe to repeat after a crash: a grant that has ended was ended by the
 * first try. A grant of another generation is a new grant and is skipped.
 * @throws SavedObjectError `store_unavailable` when every grant failed and the store is down. The
 * page is tried again, so no grant is missed.
 */
export async function revokePage(
  job: RevocationJob,
  page: readonly PlannedGrant[],
  deps: {
    readonly grantRevoker: GrantRevoker;
    readonly selector: RevocationSelector;
    readonly logger: Logger;
  },
): Promise<PageResult> {
  const pool = new BoundedPool(CONCURRENCY);
  const results = await Promise.allSettled(
    page.map((grant) => pool.run(() => revokePlanned(job, grant, deps))),
  );
  const outage = results.find((result) => result.status === 'rejected' && isOutage(result.reason));
  if (outage?.status === 'rejected' && results.every(({ status }) => status === 'rejected'))
    throw outage.reason;
  const sum = { ended: 0, unrevocable: 0, failed: 0 };
  for (const result of results) {
    if (result.status === 'fulfilled') {
      if (result.value !== 'skipped') sum.ended += 1;
      if (result.value === 'unsupported') sum.unrevocable += 1;
      continue;
    }
    sum.failed += 1;
    deps.logger.warn(`Revocation job [${job.id}] could not end one grant and will try it again`, {
      error: result.reason,
    });
  }
  return sum;
}

async function revokePlanned(
  job: RevocationJob,
  { connectorId, profileUid, generation }: PlannedGrant,
  {
    grantRevoker,
    selector,
  }: { readonly grantRevoker: GrantRevoker; readonly selector: RevocationSelector },
): Promise<'queued' | 'unsupported' | 'skipped'> {
  const key = { scope: 'per-user', connectorId, profileUid } as const;
  const outcome = await grantRevoker.revoke({
    key,
    reason: job.reason,
    actor: actorOf(job),
    revocationJobId: job.id,
    matches: (record) => record.generation === generation && selector.matches(record),
    resolveClient: (record) => selector.resolveClient(record),
  });
  if (outcome === 'queued' || outcome === 'unsupported') return outcome;
  const record = await grantRevoker.readOrClear(key);
  // The planned grant still works: since planning it no longer matches the selection.
  if (record !== undefined && isUsable(record) && record.generation === generation)
    return 'skipped';
  const isUnrevocable = record?.state === 'ended' && record.generation === generation;
  return isUnrevocable && record.lastError?.code === 'revocation_unsupported'
    ? 'unsupported'
    : 'queued';
}

function isOutage(error: unknown): boolean {
  return error instanceof SavedObjectError && error.code === 'store_unavailable';
}
