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
import { type SearchHit, searchResponse, toDocuments } from './search_response.ts';
import type { TypeIndex } from './type_index.ts';

/** How long the cluster keeps a point in time between two batches. A slower reader gets a new one. */
const KEEP_ALIVE = '5m';
const MAX_BATCH_SIZE = 10_000;
/** In a row, without a batch in between. */
const MAX_LOSSES = 5;

const openedPit = z.object({ id: z.string() });

/** What was met before a point in time was lost. */
interface Position {
  readonly pit: string;
  /** Keys up to this one were met in an earlier point in time. */
  readonly afterKey: string | undefined;
  /** Sort values of the last document met in this one. */
  readonly searchAfter: SearchHit['sort'];
}

/**
 * Batches in key order that include every acknowledged write. Most walks are short: one search is all of them. A longer one goes on behind the last key of
 * that search in a point in time, and when that is lost, by a slow reader or with a node, behind the last key in a new one: a document is
 * met at most once, as its key never changes.
 */
export async function* iterateDocuments(
  context: SearchContext,
  indices: readonly TypeIndex[],
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  const { client } = context;
  checkFields(indices, request);
  if (indices.length === 0) return;
  await refreshIndices(client, indices);
  await reindexOutdated(context, indices, request);
  const size = Math.min(request.batchSize, MAX_BATCH_SIZE);
  const first = await firstHits(client, indices, request);
  const batch = toDocuments(first);
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
        if (losses > MAX_LOSSES) throw givenUp();
        position = await open(client, indices, lastKey);
        continue;
      }
      losses = 0;
      const last = hits.at(-1);
      if (last === undefined) return;
      const documents = toDocuments(hits);
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
    body: pageBody(request, conditionsToQuery(indices, request)),
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
  const unmet: readonly Query[] =
    afterKey === undefined ? [] : [{ range: { key: { gt: afterKey } } }];
  try {
    const { status, body } = await client.request({
      method: 'POST',
      path: '/_search',
      body: {
        ...pageBody(request, { bool: { filter: [conditions, ...unmet] } }),
        pit: { id: pit, keep_alive: KEEP_ALIVE },
        ...(searchAfter === undefined ? {} : { search_after: searchAfter }),
      },
      responses: [404],
    });
    return status === 404 ? 'lost' : searchResponse.parse(body).hits.hits;
  } catch (error) {
    // The copy that held the point in time is gone with its node; another copy may be there.
    if (error instanceof StoreError && isNotReady(error.cause)) return 'lost';
    throw error;
  }
}

function pageBody({ batchSize }: IterateRequest, query: Query): Record<string, unknown> {
  return {
    query,
    size: Math.min(batchSize, MAX_BATCH_SIZE),
    sort: [{ key: 'asc' }],
    track_total_hits: false,
    _source: WANTED_SOURCE,
  };
}

function givenUp(): StoreError {
  return new StoreError(
    'unavailable',
    'Elasticsearch loses the point in time of an iteration again and again: see GET _cluster/health.',
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

/** Frees it early; if that fails, the cluster does it a little later. */
async function close(client: ClusterClient, pit: string): Promise<void> {
  const request = { method: 'DELETE', path: '/_pit', body: { id: pit }, responses: [404] } as const;
  await client.request({ ...request, maxRetries: 0 }).catch(() => undefined);
}
