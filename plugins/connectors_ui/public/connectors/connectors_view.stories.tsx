import { EuiButton } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ConnectorsState, ConnectorsView } from './connectors_view.tsx';
import { aConnection, aConnectorRow } from './rows.mock.ts';
import {
  type ConnectorRow,
  countTypes,
  createConnectorSelection,
  type TableQuery,
} from './select_connectors.ts';

const nothing = (): void => undefined;

const ALL: TableQuery = {
  text: '',
  types: [],
  auth: [],
  status: [],
  sort: 'name',
  isDescending: false,
  page: 0,
  pageSize: 25,
};

const ROWS: readonly ConnectorRow[] = [
  aConnectorRow(),
  aConnectorRow({
    id: 'legal',
    name: 'Legal archive',
    statusGroup: 'attention',
    connection: aConnection({ status: 'needs_reauth', nextStep: 'reconnect' }),
  }),
  aConnectorRow({
    id: 'sales',
    name: 'Sales drive',
    statusGroup: 'not_connected',
    connection: aConnection({
      status: 'not_connected',
      nextStep: 'authorize',
      account: undefined,
      since: undefined,
    }),
  }),
  aConnectorRow({
    id: 'mail',
    name: 'Mail of the team',
    unavailable: 'ears',
    statusGroup: 'not_connected',
    connection: aConnection({
      status: 'not_connected',
      nextStep: 'authorize',
      account: undefined,
      since: undefined,
    }),
  }),
  aConnectorRow({
    id: 'billing',
    name: 'Billing API',
    typeId: '.http',
    typeName: 'HTTP',
    icon: 'globe',
    authMode: 'shared',
    connection: undefined,
    statusGroup: 'not_applicable',
    isPreconfigured: true,
  }),
  aConnectorRow({
    id: 'imported',
    name: 'Imported from another server',
    typeId: '.custom_api',
    typeName: 'Custom API',
    icon: 'code',
    authMode: 'shared',
    connection: undefined,
    statusGroup: 'not_applicable',
    isMissingSecrets: true,
  }),
  aConnectorRow({
    id: 'old',
    name: 'A connector of a plugin that is no longer installed',
    typeId: '.tickets',
    typeName: '.tickets',
    icon: 'plugs',
    authMode: 'shared',
    connection: undefined,
    statusGroup: 'not_applicable',
    unavailable: 'type_missing',
  }),
];

/** A name without spaces, which cannot be broken at a space. */
const LONG = 'engineering_documents_'.repeat(9);
const LONG_NAMED = [
  aConnectorRow({
    name: LONG,
    connection: aConnection({ account: `${LONG}@example.com` }),
    isPreconfigured: true,
  }),
  aConnectorRow({
    id: 'imported',
    name: LONG,
    typeId: LONG,
    typeName: LONG,
    unavailable: 'type_missing',
    isMissingSecrets: true,
  }),
];

const THOUSAND = Array.from({ length: 1000 }, (_, index) =>
  aConnectorRow({ id: `c${index}`, name: `Connector ${index + 1}` }),
);

function ready(
  rows: readonly ConnectorRow[],
  changes: {
    readonly query?: Partial<TableQuery>;
    readonly isStatusKnown?: boolean;
    /** Number of chosen rows. */
    readonly chosenCount?: number;
  } = {},
): ConnectorsState {
  const query = { ...ALL, ...changes.query };
  const selected = createConnectorSelection('en')(rows, query);
  return {
    status: 'ready',
    filters: { query, types: countTypes(rows), onChange: nothing },
    isStatusKnown: changes.isStatusKnown ?? true,
    onDeleteChosen: nothing,
    onRetryStatus: nothing,
    table: {
      selected,
      chosen: selected.rows.slice(0, changes.chosenCount ?? 0),
      query,
      notices: {},
      onQuery: nothing,
      onClearFilters: nothing,
      onOpen: nothing,
      onChoose: nothing,
      actionsOf: () => [],
      primaryActionOf: ({ statusGroup, unavailable }) => {
        if (unavailable !== undefined) return null;
        if (statusGroup === 'attention') return <EuiButton size="s">Reconnect</EuiButton>;
        return statusGroup === 'not_connected' ? <EuiButton size="s">Connect</EuiButton> : null;
      },
    },
  };
}

const unknown = ROWS.map((row) =>
  row.authMode === 'per-user'
    ? { ...row, connection: undefined, statusGroup: 'unknown' as const }
    : row,
);

const view = (state: ConnectorsState, onCreate: (() => void) | undefined = nothing) => (
  <ConnectorsView state={state} onCreate={onCreate} />
);

/** States of the page of connectors. */
export const stories: StoryGroup = {
  title: 'Connectors',
  stories: [
    { name: 'loading', render: () => view({ status: 'loading' }) },
    {
      name: 'failed',
      render: () =>
        view({
          status: 'failed',
          message: 'The server is busy or restarting. Try again in a moment.',
          onRetry: nothing,
        }),
    },
    { name: 'empty', render: () => view({ status: 'empty' }) },
    {
      name: 'empty without the right to create',
      render: () => <ConnectorsView state={{ status: 'empty' }} onCreate={undefined} />,
    },
    { name: 'several connectors', render: () => view(ready(ROWS)) },
    {
      name: 'without the right to create',
      render: () => <ConnectorsView state={ready(ROWS)} onCreate={undefined} />,
    },
    { name: 'chosen for deletion', render: () => view(ready(ROWS, { chosenCount: 2 })) },
    {
      name: 'nothing matches',
      render: () => view(ready(ROWS, { query: { text: 'nothing', status: ['attention'] } })),
    },
    {
      name: 'status not readable',
      render: () => view(ready(unknown, { isStatusKnown: false })),
    },
    { name: 'names without spaces', render: () => view(ready(LONG_NAMED)) },
    { name: 'a thousand connectors', render: () => view(ready(THOUSAND)) },
  ],
};
