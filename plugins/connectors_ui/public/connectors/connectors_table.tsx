import {
  type Criteria,
  EuiBadge,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButton,
  EuiFlexGroup,
  EuiFlexItem,
  EuiIcon,
  EuiLink,
  EuiText,
  EuiToolTip,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  BESIDE_ROW_MENU,
  CARDS,
  type MenuAction,
  NoMatch,
  PAGE_SIZES,
  RowMenu,
  SMALLEST_PAGE,
  TwoLines,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import { memo, type ReactElement, type ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { StatusBadge, useUnavailability } from '../connection_controls/index.ts';
import { hasUsableType } from '../connection_status/index.ts';
import type {
  ConnectorRow,
  SelectedConnectors,
  SortField,
  TableQuery,
} from './select_connectors.ts';
import { useRowsInSteps } from './use_rows_in_steps.ts';

const messages = defineMessages({
  caption: { id: 'connectorsUi.table.caption', defaultMessage: 'Connectors' },
  name: { id: 'connectorsUi.table.name', defaultMessage: 'Name' },
  type: { id: 'connectorsUi.table.type', defaultMessage: 'Type' },
  auth: { id: 'connectorsUi.table.auth', defaultMessage: 'Authentication' },
  status: { id: 'connectorsUi.table.status', defaultMessage: 'My status' },
  actions: { id: 'connectorsUi.table.actions', defaultMessage: 'Actions' },
  personal: { id: 'connectorsUi.table.personal', defaultMessage: 'Personal' },
  personalTip: {
    id: 'connectorsUi.table.personalTip',
    defaultMessage: 'Each user connects their own account.',
  },
  shared: { id: 'connectorsUi.table.shared', defaultMessage: 'Service account' },
  sharedTip: {
    id: 'connectorsUi.table.sharedTip',
    defaultMessage: 'All users share one account.',
  },
  nothingToDo: { id: 'connectorsUi.table.nothingToDo', defaultMessage: 'Ready to use' },
  preconfigured: {
    id: 'connectorsUi.table.preconfigured',
    defaultMessage: 'Preconfigured',
  },
  missingSecrets: {
    id: 'connectorsUi.table.missingSecrets',
    defaultMessage: 'Credentials missing',
  },
  unknownType: { id: 'connectorsUi.table.unknownType', defaultMessage: 'Unknown' },
  choose: { id: 'connectorsUi.table.choose', defaultMessage: 'Select {name}' },
  notSelectable: {
    id: 'connectorsUi.table.notSelectable',
    defaultMessage: '{name} cannot be deleted here: the configuration of the server contains it',
  },
  noMatch: {
    id: 'connectorsUi.table.noMatch',
    defaultMessage: 'No connector matches the search and filters',
  },
  clear: { id: 'connectorsUi.table.clear', defaultMessage: 'Clear search and filters' },
});

/** Properties of {@link ConnectorsTable}. */
export interface ConnectorsTableProps {
  readonly selected: SelectedConnectors;
  readonly query: TableQuery;
  readonly onQuery: (changes: Partial<TableQuery>) => void;
  readonly onClearFilters: () => void;
  readonly onOpen: (row: ConnectorRow) => void;
  /** Returns the entries for the menu of a row. Called when the menu opens. */
  readonly actionsOf: (row: ConnectorRow) => readonly MenuAction[];
  /** Renders the most important action of a row, for example the button to connect. */
  readonly primaryActionOf: (row: ConnectorRow) => ReactNode;
  /** Notices below rows, by the id of the connector. */
  readonly notices: Readonly<Record<string, ReactNode>>;
  /** Rows of {@link selected} whose checkbox is set. */
  readonly chosen: readonly ConnectorRow[];
  /** Called when the selection changes. `undefined`: rows have no checkboxes. */
  readonly onChoose?: ((rows: readonly ConnectorRow[]) => void) | undefined;
}

/** Columns by which the table can be sorted, by the field of a row. */
const SORTED_COLUMNS = {
  name: 'name',
  typeName: 'type',
  authMode: 'auth',
  statusGroup: 'status',
} as const satisfies Partial<Record<keyof ConnectorRow, SortField>>;

/**
 * On narrow screens, rows are cards. Their menu is at the top, and a row without another action has
 * no line for it.
 */
const ACTIONS_ON_CARDS = {
  [CARDS]: {
    minInlineSize: '100%',
    '&:has([data-primary-action]:empty)': { minInlineSize: 0, padding: 0, blockSize: 0 },
  },
};

/** Icon of a connector that cannot be used. */
const GREYED = { filter: 'grayscale(1)', opacity: 0.6 };

type SortedColumn = keyof typeof SORTED_COLUMNS;

const columnOf = (field: SortField): SortedColumn =>
  (Object.keys(SORTED_COLUMNS) as SortedColumn[]).find(
    (column) => SORTED_COLUMNS[column] === field,
  ) ?? 'name';

/** Table with one page of the connectors. Memoized, because its rows are expensive to render. */
export const ConnectorsTable = memo(function ConnectorsTable(
  props: ConnectorsTableProps,
): ReactElement {
  const { selected, query, onQuery, chosen, onChoose } = props;
  const intl = useIntl();
  const rows = useRowsInSteps(selected.rows, chosen);
  if (selected.rows.length === 0)
    return (
      <NoMatch
        title={intl.formatMessage(messages.noMatch)}
        action={
          <EuiButton onClick={props.onClearFilters}>{intl.formatMessage(messages.clear)}</EuiButton>
        }
      />
    );
  const onChange = ({ page, sort }: Criteria<ConnectorRow>) =>
    onQuery({
      ...(sort === undefined
        ? {}
        : {
            sort: SORTED_COLUMNS[sort.field as SortedColumn],
            isDescending: sort.direction === 'desc',
          }),
      ...(page === undefined ? {} : { page: page.index, pageSize: page.size }),
    });
  return (
    <EuiBasicTable<ConnectorRow>
      tableCaption={intl.formatMessage(messages.caption)}
      items={[...rows]}
      itemId="id"
      columns={columnsOf(intl, props)}
      itemIdToExpandedRowMap={props.notices}
      sorting={{
        sort: {
          field: columnOf(query.sort),
          direction: query.isDescending ? 'desc' : 'asc',
        },
      }}
      {...(selected.total <= SMALLEST_PAGE
        ? {}
        : {
            pagination: {
              pageIndex: selected.page,
              pageSize: query.pageSize,
              totalItemCount: selected.total,
              pageSizeOptions: PAGE_SIZES,
            },
          })}
      {...(onChoose === undefined
        ? {}
        : {
            selection: {
              selectable: ({ isPreconfigured }: ConnectorRow) => !isPreconfigured,
              selectableMessage: (isSelectable: boolean, { name }: ConnectorRow) =>
                intl.formatMessage(isSelectable ? messages.choose : messages.notSelectable, {
                  name,
                }),
              selected: [...chosen],
              onSelectionChange: onChoose,
            },
          })}
      onChange={onChange}
    />
  );
});

function columnsOf(
  { formatMessage }: IntlShape,
  { onOpen, actionsOf, primaryActionOf }: ConnectorsTableProps,
): EuiBasicTableColumn<ConnectorRow>[] {
  return [
    {
      field: 'name',
      name: formatMessage(messages.name),
      sortable: true,
      mobileOptions: { header: false },
      ...WHOLE_CARD,
      render: (_: unknown, row: ConnectorRow) => <NameCell row={row} onOpen={onOpen} />,
    },
    {
      field: 'typeName',
      name: formatMessage(messages.type),
      sortable: true,
      width: '11em',
      render: (_: unknown, row: ConnectorRow) => <TypeCell row={row} />,
    },
    {
      field: 'authMode',
      name: formatMessage(messages.auth),
      sortable: true,
      width: '12em',
      render: (_: unknown, row: ConnectorRow) => <AuthCell row={row} />,
    },
    {
      field: 'statusGroup',
      name: formatMessage(messages.status),
      sortable: true,
      render: (_: unknown, row: ConnectorRow) => <StatusCell row={row} />,
    },
    {
      name: formatMessage(messages.actions),
      align: 'right',
      width: '230px',
      mobileOptions: { header: false },
      css: ACTIONS_ON_CARDS,
      render: (row: ConnectorRow) => (
        <ActionsCell row={row} actionsOf={actionsOf} primaryActionOf={primaryActionOf} />
      ),
    },
  ];
}

const NameCell = memo(function NameCell(props: {
  readonly row: ConnectorRow;
  readonly onOpen: (row: ConnectorRow) => void;
}): ReactElement {
  const { row, onOpen } = props;
  const { formatMessage } = useIntl();
  const { textOf } = useUnavailability();
  return (
    <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} css={BESIDE_ROW_MENU}>
      <EuiFlexItem grow={false}>
        <EuiIcon
          type={row.icon}
          size="l"
          aria-hidden
          css={row.unavailable === undefined ? {} : GREYED}
        />
      </EuiFlexItem>
      <EuiFlexItem css={{ minInlineSize: 0 }}>
        <div>
          <EuiLink color="primary" onClick={() => onOpen(row)}>
            <TwoLines text={row.name} />
          </EuiLink>{' '}
          {row.isPreconfigured ? (
            <EuiBadge color="hollow">{formatMessage(messages.preconfigured)}</EuiBadge>
          ) : null}
          {row.isMissingSecrets ? (
            <EuiBadge color="warning" iconType="warning">
              {formatMessage(messages.missingSecrets)}
            </EuiBadge>
          ) : null}
        </div>
        {row.unavailable === undefined ? null : (
          <EuiText size="xs" color="warning">
            {textOf(row.unavailable)}
          </EuiText>
        )}
      </EuiFlexItem>
    </EuiFlexGroup>
  );
});

/**
 * Cell with the connector type. The name of a missing type is not known, so its id is shown, with
 * which the operator can find the plugin.
 */
const TypeCell = memo(function TypeCell({ row }: { readonly row: ConnectorRow }): ReactElement {
  const { formatMessage } = useIntl();
  if (row.unavailable !== 'type_missing') return <>{row.typeName}</>;
  return (
    <div>
      {formatMessage(messages.unknownType)}
      <EuiText size="xs" color="subdued">
        <TwoLines text={row.typeId} />
      </EuiText>
    </div>
  );
});

const AuthCell = memo(function AuthCell({
  row: { authMode },
}: {
  readonly row: ConnectorRow;
}): ReactElement {
  const { formatMessage } = useIntl();
  const isPersonal = authMode === 'per-user';
  return (
    <EuiToolTip content={formatMessage(isPersonal ? messages.personalTip : messages.sharedTip)}>
      <EuiBadge color="hollow" iconType={isPersonal ? 'user' : 'users'} tabIndex={0}>
        {formatMessage(isPersonal ? messages.personal : messages.shared)}
      </EuiBadge>
    </EuiToolTip>
  );
});

const StatusCell = memo(function StatusCell({ row }: { readonly row: ConnectorRow }): ReactElement {
  const { formatMessage } = useIntl();
  if (row.statusGroup === 'not_applicable') {
    return (
      <EuiText size="s" color="subdued">
        {row.isMissingSecrets || !hasUsableType(row) ? '–' : formatMessage(messages.nothingToDo)}
      </EuiText>
    );
  }
  return (
    <div>
      <StatusBadge connection={row.connection} withSince />
      {row.connection?.account === undefined ? null : (
        <EuiText size="xs" color="subdued">
          <TwoLines text={row.connection.account} />
        </EuiText>
      )}
    </div>
  );
});

const ActionsCell = memo(function ActionsCell({
  row,
  actionsOf,
  primaryActionOf,
}: Pick<ConnectorsTableProps, 'actionsOf' | 'primaryActionOf'> & {
  readonly row: ConnectorRow;
}): ReactElement {
  return (
    <EuiFlexGroup
      gutterSize="s"
      alignItems="center"
      justifyContent="flexEnd"
      responsive={false}
      wrap
      css={{ [CARDS]: { justifyContent: 'flex-start' } }}
    >
      <EuiFlexItem grow={false} data-primary-action>
        {primaryActionOf(row)}
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <RowMenu name={row.name} actionsOf={() => actionsOf(row)} />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
});
