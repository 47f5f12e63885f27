import { readPageNumber, readPageSize, SMALLEST_PAGE } from '@latchkey/core/public/page_parts';
import type { WorkflowSearch } from '../workflow_data/index.ts';

/** Reads search, filters and page from the query of the URL. Unknown values are ignored. */
export function readSearch(params: URLSearchParams): WorkflowSearch {
  const perPage = readPageSize(params.get('per_page'));
  const enabled = params.get('enabled');
  const sort = params.get('sort') ?? '';
  return {
    text: params.get('q') ?? '',
    tags: params.getAll('tag'),
    enabled: enabled === 'true' || enabled === 'false' ? enabled === 'true' : undefined,
    sort: sort.replace(/^-/, '') === 'lastUpdatedAt' ? 'lastUpdatedAt' : 'name',
    isDescending: sort.startsWith('-'),
    page: readPageNumber(params.get('page'), perPage),
    perPage,
  };
}

/** Writes a search as a query. Defaults are left out. */
export function writeSearch(search: WorkflowSearch): URLSearchParams {
  const params = new URLSearchParams();
  if (search.text !== '') params.set('q', search.text);
  for (const tag of search.tags) params.append('tag', tag);
  if (search.enabled !== undefined) params.set('enabled', String(search.enabled));
  if (search.sort !== 'name' || search.isDescending)
    params.set('sort', `${search.isDescending ? '-' : ''}${search.sort}`);
  if (search.page > 1) params.set('page', String(search.page));
  if (search.perPage !== SMALLEST_PAGE) params.set('per_page', String(search.perPage));
  return params;
}

/** Returns `true` if the search has a text or a filter, so that it may hide workflows. */
export const isFiltered = ({ text, tags, enabled }: WorkflowSearch): boolean =>
  text.trim() !== '' || tags.length > 0 || enabled !== undefined;
