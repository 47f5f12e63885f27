import { z } from 'zod';
import type { ClusterClient } from './connection/index.ts';
import { searchResponse } from './search_response.ts';
import type { TypeIndex } from './type_index.ts';

/**
 * Milliseconds after which a tombstone is removed. This is far longer than a writer repeats a
 * write, and longer than a request can wait in a queue of the cluster.
 */
export const TOMBSTONE_LIFETIME_MS = 15 * 60_000;
const BATCH_SIZE = 1_000;
/** Maximum batches of one call. Further tombstones are removed in the next run. */
const MAX_BATCHES = 50;

const bulkResponse = z.object({
  items: z.array(z.record(z.string(), z.object({ status: z.number() }))),
});

/**
 * Removes old tombstones that no writer needs any more. Each removal is conditional, so a document
 * that replaced a tombstone is not removed, and several processes can do this at the same time.
 * @param deletedBefore instant in milliseconds since the epoch
 * @returns the number of removed tombstones
 */
export async function purgeTombstones(
  client: ClusterClient,
  index: TypeIndex,
  deletedBefore: number,
): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { body } = await client.request({
      method: 'POST',
      path: `/${index.alias}/_search`,
      body: {
        query: { range: { deletedAt: { lt: deletedBefore } } },
        size: BATCH_SIZE,
        seq_no_primary_term: true,
        track_total_hits: false,
        _source: false,
      },
    });
    const { hits } = searchResponse.parse(body).hits;
    if (hits.length === 0) break;
    const response = await client.request({
      method: 'POST',
      path: `/${index.alias}/_bulk`,
      query: { refresh: true },
      lines: hits.map(({ _id, _seq_no, _primary_term }) =>
        JSON.stringify({ delete: { _id, if_seq_no: _seq_no, if_primary_term: _primary_term } }),
      ),
    });
    const done = bulkResponse
      .parse(response.body)
      .items.filter((item) => (item['delete']?.status ?? 500) < 300).length;
    removed += done;
    // If none was removed, another process is removing the same tombstones.
    if (done === 0 || hits.length < BATCH_SIZE) break;
  }
  return removed;
}
