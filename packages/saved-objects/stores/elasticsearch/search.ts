import {
  checkFieldNames,
  checkFilterSize,
  findUnmappedField,
  unmappedFieldMessage,
} from '../../filter/check_fields.ts';
import type { SortField } from '../../filter/filter.ts';
import type { SearchRequest, SearchResult } from '../../store/document_store.ts';
import type { ClusterClient } from './connection/index.ts';
import type { DocumentAccess } from './document_access.ts';
import { filterToQuery, type Query } from './filter_to_query.ts';
import { reindexOutdated } from './reindex_outdated.ts';
import { searchResponse, sourceFor, toDocuments } from './search_response.ts';
import type { TypeIndex } from './type_index.ts';

/** Maximum of `offset + limit` in Elasticsearch. Use `iterate` for more documents. */
const MAX_WINDOW = 10_000;

/** Dependencies of a search. */
export interface SearchContext {
  readonly client: ClusterClient;
  readonly access: DocumentAccess;
}

type Conditions = Pick<SearchRequest, 'filter' | 'namespaces'>;

/**
 * Returns one page of documents and the number of all matches.
 * @throws TypeError for an invalid page or a field without a mapping; StoreError `unavailable`
 */
export async function searchDocuments(
  { client, access }: SearchContext,
  indices: readonly TypeIndex[],
  request: SearchRequest,
): Promise<SearchResult> {
  const { limit, offset = 0, sort = [], fields } = request;
  checkPage(limit, offset);
  checkFields(indices, request);
  if (indices.length === 0) return { documents: [], total: 0 };
  if (request.seesAllWrites === true) await refreshIndices(client, indices);
  await reindexOutdated({ client, access }, indices, request);
  const { body } = await client.request({
    method: 'POST',
    path: `/${pathOf(indices)}/_search`,
    query: { allow_partial_search_results: false },
    body: {
      query: conditionsToQuery(indices, request),
      from: offset,
      size: limit,
      sort: sortToQuery(sort),
      track_total_hits: true,
      _source: sourceFor(indices, fields),
    },
  });
  const { hits } = searchResponse.parse(body);
  const documents = await toDocuments({ access, indices, fields }, hits.hits);
  return { documents, total: hits.total?.value ?? 0 };
}

/** Makes every acknowledged write visible to the searches that follow. */
export async function refreshIndices(
  client: ClusterClient,
  indices: readonly TypeIndex[],
): Promise<void> {
  await client.request({ method: 'POST', path: `/${pathOf(indices)}/_refresh` });
}

/** Returns the names of several indices for the path of a request. */
export function pathOf(indices: readonly TypeIndex[]): string {
  return indices.map(({ alias }) => alias).join(',');
}

/**
 * Rejects a request that is too large, filters or sorts by a field without a mapping, or selects an
 * invalid name.
 * @throws TypeError that names the field
 */
export function checkFields(
  indices: readonly TypeIndex[],
  request: Pick<SearchRequest, 'filter' | 'sort' | 'fields'>,
): void {
  checkFieldNames(request.fields?.names ?? []);
  if (request.filter !== undefined) checkFilterSize(request.filter);
  const types = indices.map(({ type, mappings }) => ({ name: type, mappings }));
  const unmapped = findUnmappedField(types, request);
  if (unmapped !== undefined) {
    throw new TypeError(unmappedFieldMessage(unmapped.type, unmapped.field));
  }
}

/** Returns the query for the conditions of a request. It computes no scores. */
export function conditionsToQuery(
  indices: readonly TypeIndex[],
  { filter, namespaces }: Conditions,
): Query {
  const mappings = Object.assign({}, ...indices.map((index) => index.mappings));
  return {
    bool: {
      must_not: [{ exists: { field: 'deletedAt' } }],
      filter: [
        ...(filter === undefined ? [] : [filterToQuery(filter, mappings)]),
        ...(namespaces === undefined ? [] : [inNamespaces(namespaces)]),
      ],
    },
  };
}

/** Returns a query for documents of the namespaces, and for documents without a namespace. */
function inNamespaces(namespaces: readonly string[]): Query {
  return {
    bool: {
      should: [
        { terms: { namespace: namespaces } },
        { bool: { must_not: [{ exists: { field: 'namespace' } }] } },
      ],
      minimum_should_match: 1,
    },
  };
}

/**
 * Returns the sort criteria. Documents without the field are last in both directions. Documents
 * with equal values are sorted by key, in the direction of the last field.
 */
function sortToQuery(sort: readonly SortField[]): readonly Query[] {
  return [
    ...sort.map(({ field, order }) => ({ [`fields.${field}`]: { order, missing: '_last' } })),
    { key: { order: sort.at(-1)?.order ?? 'asc' } },
  ];
}

function checkPage(limit: number, offset: number): void {
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_WINDOW) {
    throw new TypeError(`The limit of a search must be a whole number from 0 to ${MAX_WINDOW}.`);
  }
  if (!Number.isInteger(offset) || offset < 0 || offset + limit > MAX_WINDOW) {
    throw new TypeError(
      `A search can return only the first ${MAX_WINDOW} documents: the offset must be a whole number from 0, and offset plus limit at most ${MAX_WINDOW}.`,
    );
  }
}
