import { GRANT_SORT_FIELDS, GRANT_STATES } from '@latchkey/actions-plugin/common';
import { readPageNumber, readPageSize, SMALLEST_PAGE } from '@latchkey/core/public/page_parts';

/** Maximum characters of a search text that the server accepts. */
export const MAX_SEARCH = 100;

/** Filters, order and page of the table, which are in the URL. */
export interface GrantFilter {
  /** Id of a connector. `undefined`: all connectors of the space. */
  readonly connectorId: string | undefined;
  /** Profile uid. `undefined`: all users. */
  readonly userId: string | undefined;
  /** Part of the name of a user. Empty: all users. */
  readonly search: string;
  /**
   * State of authorizations. `undefined`: those that work, must be renewed, or wait to be revoked.
   */
  readonly status: (typeof GRANT_STATES)[number] | undefined;
  readonly sort: (typeof GRANT_SORT_FIELDS)[number];
  readonly isAscending: boolean;
  /** Number of the page, from 0. */
  readonly page: number;
  readonly pageSize: number;
}

/** Reads a filter from the search parameters of the page. Unknown values count as absent. */
export function readGrantFilter(params: URLSearchParams): GrantFilter {
  const pageSize = readPageSize(params.get('size'));
  return {
    connectorId: params.get('connector') ?? undefined,
    userId: params.get('user') ?? undefined,
    search: (params.get('q') ?? '').slice(0, MAX_SEARCH),
    status: GRANT_STATES.find((one) => one === params.get('status')),
    sort: GRANT_SORT_FIELDS.find((one) => one === params.get('sort')) ?? 'connected_at',
    isAscending: params.get('order') === 'asc',
    page: readPageNumber(params.get('page'), pageSize) - 1,
    pageSize,
  };
}

/** Changes that remove all filters. Order and page size stay. */
export const NO_FILTER = {
  connectorId: undefined,
  userId: undefined,
  search: '',
  status: undefined,
} as const satisfies Partial<GrantFilter>;

/** `true`: the filter excludes authorizations. */
export const isFiltered = ({ connectorId, userId, search, status }: GrantFilter): boolean =>
  connectorId !== undefined || userId !== undefined || search.trim() !== '' || status !== undefined;

/** Search parameters for changes of a filter. Default values are left out. */
export function grantParams(changes: Partial<GrantFilter>): Record<string, string | undefined> {
  const { search, sort, isAscending, page, pageSize } = changes;
  const params: Record<string, string | undefined> = {};
  if ('connectorId' in changes) params['connector'] = changes.connectorId;
  if ('userId' in changes) params['user'] = changes.userId;
  if ('status' in changes) params['status'] = changes.status;
  if (search !== undefined) params['q'] = search === '' ? undefined : search;
  if (sort !== undefined) params['sort'] = sort === 'connected_at' ? undefined : sort;
  if (isAscending !== undefined) params['order'] = isAscending ? 'asc' : undefined;
  if (pageSize !== undefined)
    params['size'] = pageSize === SMALLEST_PAGE ? undefined : String(pageSize);
  // Every change except one of the page goes to the first page.
  params['page'] = page === undefined || page === 0 ? undefined : String(page + 1);
  return params;
}
