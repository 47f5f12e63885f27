import { readPageSize, SMALLEST_PAGE } from '@latchkey/core/public/page_parts';
import {
  type ConnectorRow,
  SORT_FIELDS,
  STATUS_GROUPS,
  type StatusGroup,
  type TableQuery,
} from './select_connectors.ts';

/** Tabs of the edit flyout. */
const EDIT_TABS = ['configuration', 'test', 'users'] as const;
/** One of {@link EDIT_TABS}. */
type EditTab = (typeof EDIT_TABS)[number];

/** Open flyout of the page. */
export type OpenFlyout =
  | {
      readonly kind: 'create';
      /** Chosen connector type. `undefined`: the user has not chosen one yet. */
      readonly typeId: string | undefined;
    }
  | { readonly kind: 'edit'; readonly id: string; readonly tab: EditTab };

/** State of the page. All of it is in the URL, so that a reload and the back button restore it. */
export interface PageState {
  readonly query: TableQuery;
  /** `undefined`: no flyout is open. */
  readonly flyout: OpenFlyout | undefined;
}

/** Reads the state from the query of the URL. Unknown values are ignored. */
export function readPageState(params: URLSearchParams): PageState {
  const sort = params.get('sort') ?? '';
  const field = sort.replace(/^-/, '');
  return {
    query: {
      text: params.get('q') ?? '',
      types: params.getAll('type'),
      auth: params.getAll('auth').filter(isAuthMode),
      status: params.getAll('status').filter(isStatusGroup),
      sort: SORT_FIELDS.find((one) => one === field) ?? 'name',
      isDescending: sort.startsWith('-'),
      page: Math.max(0, Math.trunc(Number(params.get('page') ?? 1)) - 1) || 0,
      pageSize: readPageSize(params.get('size')),
    },
    flyout: readFlyout(params),
  };
}

function readFlyout(params: URLSearchParams): OpenFlyout | undefined {
  const id = params.get('edit');
  if (id !== null && id !== '') {
    const tab = params.get('tab');
    return { kind: 'edit', id, tab: EDIT_TABS.find((one) => one === tab) ?? 'configuration' };
  }
  const typeId = params.get('create');
  if (typeId === null) return undefined;
  // Users write `?create=true` by hand; then no type is chosen.
  return { kind: 'create', typeId: typeId.startsWith('.') ? typeId : undefined };
}

/** Writes the state as a query. Defaults are left out. */
export function writePageState({ query, flyout }: PageState): URLSearchParams {
  const params = new URLSearchParams();
  if (query.text !== '') params.set('q', query.text);
  for (const type of query.types) params.append('type', type);
  for (const auth of query.auth) params.append('auth', auth);
  for (const status of query.status) params.append('status', status);
  if (query.sort !== 'name' || query.isDescending) {
    params.set('sort', `${query.isDescending ? '-' : ''}${query.sort}`);
  }
  if (query.page > 0) params.set('page', String(query.page + 1));
  if (query.pageSize !== SMALLEST_PAGE) params.set('size', String(query.pageSize));
  if (flyout?.kind === 'create') params.set('create', flyout.typeId ?? '');
  if (flyout?.kind === 'edit') {
    params.set('edit', flyout.id);
    if (flyout.tab !== 'configuration') params.set('tab', flyout.tab);
  }
  return params;
}

/** Returns `true` if a filter may hide rows of the table. */
export const isFiltered = ({ text, types, auth, status }: TableQuery): boolean =>
  text.trim() !== '' || types.length > 0 || auth.length > 0 || status.length > 0;

const isAuthMode = (text: string): text is ConnectorRow['authMode'] =>
  text === 'shared' || text === 'per-user';
const isStatusGroup = (text: string): text is StatusGroup =>
  STATUS_GROUPS.some((group) => group === text);
