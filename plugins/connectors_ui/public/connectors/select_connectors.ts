import type {
  Connection,
  Overview,
  OverviewConnector,
  OverviewType,
  Unavailabilities,
  Unavailability,
} from '../connection_status/index.ts';

/** Groups of the status filter. */
export const STATUS_GROUPS = ['connected', 'attention', 'not_connected', 'not_applicable'] as const;
/** One of {@link STATUS_GROUPS}. `unknown`: the status could not be read. */
export type StatusGroup = (typeof STATUS_GROUPS)[number] | 'unknown';

/** Columns that sort the table. */
export const SORT_FIELDS = ['name', 'type', 'auth', 'status'] as const;
/** One of {@link SORT_FIELDS}. */
export type SortField = (typeof SORT_FIELDS)[number];

/** One row of the table of connectors. */
export interface ConnectorRow {
  readonly id: string;
  readonly name: string;
  readonly typeId: string;
  /** Name of the type. If the type does not exist on this server: its id. */
  readonly typeName: string;
  readonly icon: string;
  readonly authMode: 'shared' | 'per-user';
  readonly isPreconfigured: boolean;
  readonly isMissingSecrets: boolean;
  readonly isTestable: boolean;
  /** Reason why no user can connect. `undefined`: users can connect. */
  readonly unavailable: Unavailability | undefined;
  /** Code of an error that an administrator must correct. `undefined`: there is none. */
  readonly problem: string | undefined;
  /** The user's connection. `undefined`: it could not be read, or the connector has none. */
  readonly connection: Connection | undefined;
  readonly statusGroup: StatusGroup;
}

/** Filters, order and page of the table. Empty filters select all. */
export interface TableQuery {
  readonly text: string;
  readonly types: readonly string[];
  readonly auth: readonly ConnectorRow['authMode'][];
  readonly status: readonly StatusGroup[];
  readonly sort: SortField;
  readonly isDescending: boolean;
  /** Number of the page, counted from 0. */
  readonly page: number;
  readonly pageSize: number;
}

/** Rows of one page, and numbers for the filters. */
export interface SelectedConnectors {
  readonly rows: readonly ConnectorRow[];
  /** Rows of all pages. */
  readonly total: number;
  /** Number of the page, from 0. If the wanted page no longer exists, it is the last page. */
  readonly page: number;
}

/** Icon of connectors whose type has no icon. */
const DEFAULT_ICON = 'plugs';

/** Creates the rows of all connectors. `undefined`: the connectors could not be read. */
export function toRows(
  overview: Overview,
  unavailable: Unavailabilities['ofConnector'] = () => undefined,
): readonly ConnectorRow[] | undefined {
  const { connectors, types, connections } = overview;
  return connectors?.map((connector) =>
    toRow(connector, types?.get(connector.connector_type_id), {
      connections,
      unavailable: unavailable(connector, types),
    }),
  );
}

function toRow(
  connector: OverviewConnector,
  type: OverviewType | undefined,
  known: Pick<ConnectorRow, 'unavailable'> & {
    readonly connections: Overview['connections'];
  },
): ConnectorRow {
  const authMode = connector.auth_mode === 'per-user' ? 'per-user' : 'shared';
  const connection = known.connections?.get(connector.id);
  return {
    id: connector.id,
    name: connector.name,
    typeId: connector.connector_type_id,
    typeName: type?.name ?? connector.connector_type_id,
    icon: type?.icon ?? DEFAULT_ICON,
    authMode,
    isPreconfigured: connector.is_preconfigured,
    isMissingSecrets: connector.is_missing_secrets === true,
    isTestable: type?.is_testable === true,
    unavailable: known.unavailable,
    problem: connector.oauth_problem?.code,
    connection,
    statusGroup: groupOf(authMode, connection, known.connections !== undefined),
  };
}

function groupOf(
  authMode: ConnectorRow['authMode'],
  connection: Connection | undefined,
  isStatusKnown: boolean,
): StatusGroup {
  if (authMode === 'shared') return 'not_applicable';
  if (!isStatusKnown) return 'unknown';
  switch (connection?.status) {
    case undefined:
    case 'not_applicable':
      return 'not_applicable';
    case 'connected':
      return connection.missingScopes.length > 0 || connection.nextStep === 'ask_administrator'
        ? 'attention'
        : 'connected';
    case 'refresh_failing':
      return connection.nextStep === 'ask_administrator' ? 'attention' : 'connected';
    case 'expiring':
    case 'needs_reauth':
    case 'needs_site':
      return 'attention';
    case 'not_connected':
    case 'pending':
    case 'revocation_pending':
      return 'not_connected';
    default:
      return 'unknown';
  }
}

/** Sort order of the status groups in the status column: the most urgent one first. */
const URGENCY: Readonly<Record<StatusGroup, number>> = {
  attention: 0,
  not_connected: 1,
  connected: 2,
  unknown: 3,
  not_applicable: 4,
};

/**
 * Creates a function that selects the rows to show. It caches the result of each step, so that
 * another page or another letter of a search does not sort all rows again. Create one per table.
 * @param locale language of the user, for the order of names
 */
export function createConnectorSelection(
  locale: string,
): (rows: readonly ConnectorRow[], query: TableQuery) => SelectedConnectors {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const sorted = remember((rows: readonly ConnectorRow[], field: SortField, down: boolean) => {
    const order = ORDERS[field](collator);
    const byName = ORDERS.name(collator);
    const sign = down ? -1 : 1;
    return rows.toSorted((a, b) => sign * order(a, b) || byName(a, b) || compareIds(a, b));
  });
  const filtered = remember((rows: readonly ConnectorRow[], matches: Matcher) =>
    rows.filter(matches),
  );
  const matcher = remember(createMatcher);
  return (rows, query) => {
    const { text, types, auth, status, sort, isDescending, pageSize } = query;
    const matching = filtered(
      sorted(rows, sort, isDescending),
      matcher(text, types.join('\n'), auth.join('\n'), status.join('\n')),
    );
    const lastPage = Math.max(0, Math.ceil(matching.length / pageSize) - 1);
    const page = Math.min(Math.max(0, query.page), lastPage);
    return {
      rows: matching.slice(page * pageSize, (page + 1) * pageSize),
      total: matching.length,
      page,
    };
  };
}

type Matcher = (row: ConnectorRow) => boolean;
type Order = (a: ConnectorRow, b: ConnectorRow) => number;

/**
 * Creates the function that tells if a row matches the filters. Each list of filters is one string,
 * so that {@link remember} recognises equal filters as equal arguments.
 */
function createMatcher(...[text, types, auth, status]: readonly string[]): Matcher {
  const words = (text ?? '').toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const [typeSet, authSet, statusSet] = [types, auth, status].map(
    (joined = '') => new Set(joined.split('\n').filter(Boolean)),
  );
  const allows = (allowed: ReadonlySet<string> | undefined, value: string): boolean =>
    allowed === undefined || allowed.size === 0 || allowed.has(value);
  return (row) => {
    if (!allows(typeSet, row.typeId) || !allows(authSet, row.authMode)) return false;
    if (!allows(statusSet, row.statusGroup)) return false;
    if (words.length === 0) return true;
    const haystack =
      `${row.name}\n${row.typeName}\n${row.id}\n${row.connection?.account ?? ''}`.toLocaleLowerCase();
    return words.every((word) => haystack.includes(word));
  };
}

const ORDERS: Readonly<Record<SortField, (collator: Intl.Collator) => Order>> = {
  name: (collator) => (a, b) => collator.compare(a.name, b.name),
  type: (collator) => (a, b) => collator.compare(a.typeName, b.typeName),
  auth: () => (a, b) => Number(a.authMode === 'shared') - Number(b.authMode === 'shared'),
  status: () => (a, b) => URGENCY[a.statusGroup] - URGENCY[b.statusGroup],
};

const compareIds: Order = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Caches the last result of a function. The next call with the same arguments returns it. */
function remember<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (last?.args.every((arg, index) => Object.is(arg, args[index]))) return last.result;
    const result = compute(...args);
    last = { args, result };
    return result;
  };
}

/** Types of the rows with their numbers of rows, sorted by the name of the type. */
export function countTypes(
  rows: readonly ConnectorRow[],
): readonly { readonly id: string; readonly name: string; readonly count: number }[] {
  const counts = new Map<string, { id: string; name: string; count: number }>();
  for (const { typeId, typeName } of rows) {
    const known = counts.get(typeId);
    if (known === undefined) counts.set(typeId, { id: typeId, name: typeName, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}
