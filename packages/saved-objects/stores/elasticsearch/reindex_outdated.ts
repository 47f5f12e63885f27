import { searchedFields } from '../../filter/check_fields.ts';
import type { SearchRequest } from '../../store/document_store.ts';
import type { ClusterClient } from './connection/index.ts';
import { type DocumentAccess, WANTED_SOURCE } from './document_access.ts';
import { headSource, toDocument, toSource } from './document_source.ts';
import { type SearchHit, searchResponse } from './search_response.ts';
import type { TypeIndex } from './type_index.ts';

const BATCH_SIZE = 500;
/** Maximum rounds. Otherwise older processes that write continuously could block a search. */
const MAX_ROUNDS = 20;

/** Dependencies of {@link reindexOutdated}. */
export interface ReindexContext {
  readonly client: ClusterClient;
  readonly access: DocumentAccess;
}

/**
 * Indexes documents of older builds again before a search by a field that those builds do not
 * index.
 * During a rolling upgrade, older processes write documents without such fields. The documents keep
 * their content and version. Does nothing when all fields of the request were mapped in version 1.
 */
export async function reindexOutdated(
  context: ReindexContext,
  indices: readonly TypeIndex[],
  request: Pick<SearchRequest, 'filter' | 'sort'>,
): Promise<void> {
  const fields = searchedFields(request);
  for (const index of indices) {
    const needed = Math.max(1, ...fields.map((field) => index.mappedSince[field] ?? 1));
    if (needed > 1) await reindexBelow(context, index, needed);
  }
}

async function reindexBelow(
  { client, access }: ReindexContext,
  index: TypeIndex,
  needed: number,
): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { body } = await client.request({
      method: 'POST',
      path: `/${index.alias}/_search`,
      query: { allow_partial_search_results: false },
      body: {
        query: {
          bool: {
            filter: [{ range: { indexedBy: { lt: needed } } }],
            must_not: [{ exists: { field: 'deletedAt' } }],
          },
        },
        size: BATCH_SIZE,
        seq_no_primary_term: true,
        track_total_hits: false,
        _source: WANTED_SOURCE,
      },
    });
    const { hits } = searchResponse.parse(body).hits;
    if (hits.length === 0) return;
    await Promise.all(hits.map((hit) => reindexOne(access, index, hit)));
    await client.request({ method: 'POST', path: `/${index.alias}/_refresh` });
  }
}

/**
 * Indexes one document again. Does nothing on a conflict: another process just wrote the document,
 * and the next pass finds it if that process is an older build.
 */
async function reindexOne(
  access: DocumentAccess,
  index: TypeIndex,
  { _id, _source, _seq_no: seqNo, _primary_term: primaryTerm }: SearchHit,
): Promise<void> {
  const document = toDocument(_source, _id);
  if (document === undefined || seqNo === undefined || primaryTerm === undefined) return;
  const { writes } = headSource.parse(_source);
  await access.write({
    index,
    key: document.key,
    source: toSource(index, document, writes),
    onto: { seqNo, primaryTerm },
    visibleToSearch: false,
  });
}
