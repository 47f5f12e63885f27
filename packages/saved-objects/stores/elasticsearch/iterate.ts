import { z } from 'zod';
import type { IterateRequest, StoredDocument } from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import { type ClusterClient, ClusterFailure } from './connection/index.ts';
import { WANTED_SOURCE } from './document_access.ts';
import type { Query } from './filter_to_query.ts';
import { reindexOutdated } from './reindex_outdated.ts';
import {
  checkFields,
  conditionsToQuery,
  pathOf,
  refreshIndices,
  type SearchContext,
} from './search.ts';
import { type SearchHit, searchResponse, sourceFor, toDocuments } from './search_response.ts';
import { MAX_LARGE_DOCUMENTS, type TypeIndex } from './type_index.ts';

/**
 * Time that Elasticsearch keeps a point in time between two batches. A slower reader opens a new
 * one.
 */
const KEEP_ALIVE = '5m';
const MAX_BATCH_SIZE = 10_000;
/** Maximum points in time that are lost in a row without a batch in between. */
const MAX_LOSSES = 5;

const openedPit = z.object({ id: z.string() });

/** The position of an iteration in a point in time. */
interface Position {
  /** Id of the point in time. */
  readonly pit: string;
  /** The last key of the batches before this point in time. `undefined`: there were none. */
  readonly afterKey: string | undefined;
  /** Sort values of the last document that was read in this point in time. */
  readonly searchAfter: SearchHit['sort'];
}

/**
 * Yields batches in the order of keys that include every acknowledged write.
 *
 * Most iterations are short and need one search. A longer one opens a point in time and continues
 * after the last key of that search. If the point in time is lost (a slow reader, a failed node),
 * it opens a new one and continues after the last key. Keys never change, so each document is
 * yielded at most once.
 * @throws StoreError `unavailable` when the point in time is lost too often, or the cluster cannot
 * be reached
 */
export async function* iterateDocuments(
  context: SearchContext,
  indices: readonly TypeIndex[],
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  const { client, access } = context;
  const { fields } = request;
  checkFields(indices, request);
  if (indices.length === 0) return;
  await refreshIndices(client, indices);
  await reindexOutdated(context, indices, request);
  const size = sizeOf(indices, request);
  const first = await firstHits(client, indices, request);
  const batch = await toDocuments({ access, indices, fields }, first);
  if (batch.length > 0) yield batch;
  if (first.length < size) return;
  let lastKey = batch.at(-1)?.key;
  let position = await open(client, indices, lastKey);
  let losses = 0;
  try {
    for (;;) {
      const hits = await nextHits(client, indices, request, position);
      if (hits === 'lost') {
        losses += 1;
        if (losses > MAX_LOSSES) throw lostTooOften();
        position = await open(client, indices, lastKey);
        continue;
      }
      losses = 0;
      const last = hits.at(-1);
      if (last === undefined) return;
      const documents = await toDocuments({ access, indices, fields }, hits);
      if (documents.length > 0) yield documents;
      if (hits.length < size) return;
      lastKey = documents.at(-1)?.key ?? lastKey;
      position = { ...position, searchAfter: last.sort };
    }
  } finally {
    await close(client, position.pit);
  }
}

async function firstHits(
  client: ClusterClient,
  indices: readonly TypeIndex[],
  request: IterateRequest,
): Promise<readonly SearchHit[]> {
  const { body } = await client.request({
    method: 'POST',
    path: `/${pathOf(indices)}/_search`,
    query: { allow_partial_search_results: false },
    body: pageBody(indices, request, conditionsToQuery(indices, request)),
  });
  return searchResponse.parse(body).hits.hits;
}

async function nextHits(
  client: ClusterClient,
  indices: readonly TypeIndex[],
  request: IterateRequest,
  { pit, afterKey, searchAfter }: Position,
): Promise<readonly SearchHit[] | 'lost'> {
  const conditions: Query = conditionsToQuery(indices, request);
  const remaining: readonly Query[] =
    afterKey === undefined ? [] : [{ range: { key: { gt: afterKey } } }];
  try {
    const { status, body } = await client.request({
      method: 'POST',
      path: '/_search',
      body: {
        ...pageBody(indices, request, { bool: { filter: [conditions, ...remaining] } }),
        pit: { id: pit, keep_alive: KEEP_ALIVE },
        ...(searchAfter === undefined ? {} : { search_after: searchAfter }),
      },
      responses: [404],
    });
    return status === 404 ? 'lost' : searchResponse.parse(body).hits.hits;
  } catch (error) {
    // The node that had the point in time failed. Another node may have a copy of the index.
    if (error instanceof StoreError && isNotReady(error.cause)) return 'lost';
    throw error;
  }
}

/** Returns the maximum number of documents in one response. */
function sizeOf(indices: readonly TypeIndex[], { batchSize, fields }: IterateRequest): number {
  const isLarge =
    indices.some(({ largeAttributes }) => largeAttributes.length > 0) &&
    sourceFor(indices, fields) === WANTED_SOURCE;
  return Math.min(batchSize, isLarge ? MAX_LARGE_DOCUMENTS : MAX_BATCH_SIZE);
}

function pageBody(
  indices: readonly TypeIndex[],
  request: IterateRequest,
  query: Query,
): Record<string, unknown> {
  return {
    query,
    size: sizeOf(indices, request),
    sort: [{ key: 'asc' }],
    track_total_hits: false,
    _source: sourceFor(indices, request.fields),
  };
}

function lostTooOften(): StoreError {
  return new StoreError(
    'unavailable',
    `Elasticsearch lost the point in time of an iteration more than ${MAX_LOSSES} times in a row: see GET _cluster/health.`,
  );
}

function isNotReady(cause: unknown): boolean {
  return cause instanceof ClusterFailure && cause.kind === 'not_ready';
}

async function open(
  client: ClusterClient,
  indices: readonly TypeIndex[],
  afterKey: string | undefined,
): Promise<Position> {
  const { body } = await client.request({
    method: 'POST',
    path: `/${pathOf(indices)}/_pit`,
    query: { keep_alive: KEEP_ALIVE },
  });
  return { pit: openedPit.parse(body).id, afterKey, searchAfter: undefined };
}

/** Closes a point in time. If that fails, the cluster closes it after {@link KEEP_ALIVE}. */
async function close(client: ClusterClient, pit: string): Promise<void> {
  const request = { method: 'DELETE', path: '/_pit', body: { id: pit }, responses: [404] } as const;
  await client.request({ ...request, maxRetries: 0 }).catch(() => undefined);
}
