import { readPageNumber, readPageSize, SMALLEST_PAGE } from '@latchkey/core/public/page_parts';
import { EXECUTION_STATUSES } from '../../common/index.ts';
import type { RunFilter } from '../run_data/index.ts';

/** Reads a filter from the search parameters of the page. Unknown values count as absent. */
export function readRunFilter(params: URLSearchParams): RunFilter {
  const pageSize = readPageSize(params.get('size'));
  return {
    statuses: EXECUTION_STATUSES.filter((one) => params.getAll('status').includes(one)),
    user: params.get('user') || undefined,
    trigger: params.get('trigger') || undefined,
    workflowId: params.get('workflow') || undefined,
    from: readInstant(params.get('from')),
    to: readInstant(params.get('to')),
    waitsForMe: params.get('waiting') === 'me',
    page: readPageNumber(params.get('page'), pageSize) - 1,
    pageSize,
  };
}

function readInstant(text: string | null): string | undefined {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** Writes a filter as search parameters. Default values are left out. */
export function runParams(filter: RunFilter): URLSearchParams {
  const params = new URLSearchParams();
  for (const status of filter.statuses) params.append('status', status);
  const { user, trigger, workflowId, from, to } = filter;
  for (const [name, value] of Object.entries({ user, trigger, workflow: workflowId, from, to }))
    if (value !== undefined) params.set(name, value);
  if (filter.waitsForMe) params.set('waiting', 'me');
  if (filter.page > 0) params.set('page', String(filter.page + 1));
  if (filter.pageSize !== SMALLEST_PAGE) params.set('size', String(filter.pageSize));
  return params;
}

/** Removes the conditions of a filter. The workflow and the page size stay. */
export function withoutConditions({ workflowId, pageSize }: RunFilter): RunFilter {
  return { ...readRunFilter(new URLSearchParams()), workflowId, pageSize };
}

/** `true`: the filter has a condition. The workflow of the filter does not count as one. */
export function isFiltered(filter: RunFilter): boolean {
  const { statuses, user, trigger, from, to, waitsForMe } = filter;
  const hasTime = from !== undefined || to !== undefined;
  return (
    statuses.length > 0 || user !== undefined || trigger !== undefined || hasTime || waitsForMe
  );
}

/**
 * Instant of a field `datetime-local`, which has the local time of the browser. `undefined`: the
 * field is empty or not a valid time.
 */
export function fieldInstant(text: string): string | undefined {
  const at = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/**
 * Value of a field `datetime-local` for an instant, in the local time of the browser. Empty: there
 * is no instant.
 */
export function fieldText(instant: string | undefined): string {
  if (instant === undefined) return '';
  const at = new Date(instant);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
