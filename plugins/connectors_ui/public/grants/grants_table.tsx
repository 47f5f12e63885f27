import {
  type CriteriaWithPagination,
  EuiBadge,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButton,
  EuiEmptyPrompt,
  EuiLink,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  NoMatch,
  PAGE_SIZES,
  RelativeTime,
  TwoLines,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { type GrantFilter, isFiltered, NO_FILTER } from './grant_filter.ts';
import type { FoundGrants } from './grant_queries.ts';
import { hasStatusName, statusNames } from './status_names.ts';

const messages = defineMessages({
  caption: { id: 'connectorsUi.grants.caption', defaultMessage: 'Connected users' },
  user: { id: 'connectorsUi.grants.user', defaultMessage: 'User' },
  removedUser: {
    id: 'connectorsUi.grants.removedUser',
    defaultMessage: 'Disabled or deleted user',
  },
  onlyUser: {
    id: 'connectorsUi.grants.onlyUser',
    defaultMessage: 'Show only authorizations of {name}',
  },
  connector: { id: 'connectorsUi.grants.connector', defaultMessage: 'Connector' },
  account: { id: 'connectorsUi.grants.account', defaultMessage: 'Account' },
  status: { id: 'connectorsUi.grants.status', defaultMessage: 'Status' },
  since: { id: 'connectorsUi.grants.since', defaultMessage: 'Connected' },
  used: { id: 'connectorsUi.grants.used', defaultMessage: 'Last used' },
  never: { id: 'connectorsUi.grants.never', defaultMessage: 'Never' },
  actions: { id: 'connectorsUi.grants.actions', defaultMessage: 'Actions' },
  end: { id: 'connectorsUi.grants.end', defaultMessage: 'End authorization' },
  choose: {
    id: 'connectorsUi.grants.choose',
    defaultMessage: 'Select the authorization of {name} for {connector}',
  },
  endText: {
    id: 'connectorsUi.grants.endText',
    defaultMessage: 'The user has to connect again. The access is revoked at the provider.',
  },
  endChosen: {
    id: 'connectorsUi.grants.endChosen',
    defaultMessage: 'End {count, plural, one {# authorization} other {# authorizations}}',
  },
  empty: {
    id: 'connectorsUi.grants.empty',
    defaultMessage: 'No authorizations yet',
  },
  emptyText: {
    id: 'connectorsUi.grants.emptyText',
    defaultMessage: 'No user of this space has connected an account yet.',
  },
  none: {
    id: 'connectorsUi.grants.none',
    defaultMessage: 'No authorization matches the filters',
  },
  pageEmpty: {
    id: 'connectorsUi.grants.pageEmpty',
    defaultMessage: 'This page of the list is empty now',
  },
  firstPage: { id: 'connectorsUi.grants.firstPage', defaultMessage: 'Go to the first page' },
  clear: { id: 'connectorsUi.grants.clear', defaultMessage: 'Clear filters' },
});

/** Colors of status badges. A status that requires no action has the default color. */
const STATUS_COLORS: Readonly<Record<string, 'success' | 'warning' | 'danger'>> = {
  connected: 'success',
  expiring: 'warning',
  needs_reauth: 'danger',
  needs_site: 'warning',
  refresh_failing: 'warning',
};

/** One authorization of one user. */
export type Grant = FoundGrants['grants'][number];

/** Properties of {@link GrantsTable}. */
export interface GrantsTableProps {
  readonly page: Pick<FoundGrants, 'grants' | 'total'>;
  readonly filter: GrantFilter;
  readonly isLoading: boolean;
  /** Rows of {@link page} whose checkbox is set. */
  readonly chosen: readonly Grant[];
  readonly onChange: (changes: Partial<GrantFilter>) => void;
  readonly onChoose: (grants: readonly Grant[]) => void;
  readonly onEnd: (grants: readonly Grant[]) => void;
}

/** Columns by which the table can be sorted, by the field of an authorization. */
const SORTED = {
  connected_at: 'connected_at',
  last_used_at: 'last_used_at',
  connection_status: 'status',
} as const satisfies Partial<Record<keyof Grant, GrantFilter['sort']>>;

type SortedColumn = keyof typeof SORTED;

const columnOf = (sort: GrantFilter['sort']): SortedColumn =>
  (Object.keys(SORTED) as SortedColumn[]).find((column) => SORTED[column] === sort) ??
  'connected_at';

/** Identifies a row. */
export const grantIdOf = ({ connector_id: connector, profile_uid: user }: Grant) =>
  `${connector}/${user}`;

/** One page of the authorizations of a space. */
export function GrantsTable(props: GrantsTableProps): ReactElement {
  const { page, filter, chosen, onChange, onChoose, onEnd } = props;
  const intl = useIntl();
  if (page.grants.length === 0)
    return <NoGrants total={page.total} filter={filter} onChange={onChange} />;
  return (
    <>
      {chosen.length === 0 ? null : (
        <>
          <EuiButton size="s" color="danger" iconType="linkSlash" onClick={() => onEnd(chosen)}>
            {intl.formatMessage(messages.endChosen, { count: chosen.length })}
          </EuiButton>
          <EuiSpacer size="s" />
        </>
      )}
      <EuiBasicTable<Grant>
        tableCaption={intl.formatMessage(messages.caption)}
        items={[...page.grants]}
        itemId={grantIdOf}
        loading={props.isLoading}
        columns={columnsOf(intl, props)}
        selection={{
          selected: [...chosen],
          onSelectionChange: onChoose,
          selectableMessage: (_, { username, connector_name: connector }: Grant) =>
            intl.formatMessage(messages.choose, {
              name: username ?? intl.formatMessage(messages.removedUser),
              connector,
            }),
        }}
        sorting={{
          sort: { field: columnOf(filter.sort), direction: filter.isAscending ? 'asc' : 'desc' },
        }}
        pagination={{
          pageIndex: filter.page,
          pageSize: filter.pageSize,
          totalItemCount: page.total,
          pageSizeOptions: PAGE_SIZES,
        }}
        onChange={({ page: next, sort }: CriteriaWithPagination<Grant>) =>
          onChange({
            ...(sort === undefined
              ? {}
              : {
                  sort: SORTED[sort.field as SortedColumn],
                  isAscending: sort.direction === 'asc',
                }),
            page: next.index,
            pageSize: next.size,
          })
        }
      />
    </>
  );
}

function NoGrants(
  props: Pick<GrantsTableProps, 'filter' | 'onChange'> & { readonly total: number },
): ReactElement {
  const { total, filter, onChange } = props;
  const { formatMessage } = useIntl();
  // The current page is empty because its authorizations were ended.
  if (total > 0)
    return (
      <NoMatch
        title={formatMessage(messages.pageEmpty)}
        action={
          <EuiButton onClick={() => onChange({ page: 0 })}>
            {formatMessage(messages.firstPage)}
          </EuiButton>
        }
      />
    );
  return isFiltered(filter) ? (
    <NoMatch
      title={formatMessage(messages.none)}
      action={
        <EuiButton onClick={() => onChange(NO_FILTER)}>{formatMessage(messages.clear)}</EuiButton>
      }
    />
  ) : (
    <EuiEmptyPrompt
      iconType="link"
      titleSize="s"
      title={<h2>{formatMessage(messages.empty)}</h2>}
      body={<p>{formatMessage(messages.emptyText)}</p>}
    />
  );
}

function columnsOf(
  { formatMessage }: IntlShape,
  { filter, onChange, onEnd }: GrantsTableProps,
): EuiBasicTableColumn<Grant>[] {
  return [
    {
      name: formatMessage(messages.user),
      ...WHOLE_CARD,
      render: ({ username, profile_uid: userId }: Grant) => {
        const name = username ?? formatMessage(messages.removedUser);
        if (filter.userId !== undefined) return <TwoLines text={name} />;
        return (
          <EuiLink
            color={username === undefined ? 'subdued' : 'primary'}
            aria-label={formatMessage(messages.onlyUser, { name })}
            onClick={() => onChange({ userId })}
          >
            <TwoLines text={name} />
          </EuiLink>
        );
      },
    },
    {
      field: 'connector_name',
      name: formatMessage(messages.connector),
      render: (name: string) => <TwoLines text={name} />,
    },
    {
      field: 'account',
      name: formatMessage(messages.account),
      render: (account: string | undefined) => (
        <EuiText size="s">{account === undefined ? '–' : <TwoLines text={account} />}</EuiText>
      ),
    },
    {
      field: 'connection_status',
      name: formatMessage(messages.status),
      sortable: true,
      render: (status: string) => (
        <EuiBadge color={STATUS_COLORS[status] ?? 'default'}>
          {formatMessage(statusNames[hasStatusName(status) ? status : 'other'])}
        </EuiBadge>
      ),
    },
    {
      field: 'connected_at',
      name: formatMessage(messages.since),
      sortable: true,
      render: (at: string | undefined) =>
        at === undefined ? '–' : <RelativeTime at={new Date(at)} isSentence />,
    },
    {
      field: 'last_used_at',
      name: formatMessage(messages.used),
      sortable: true,
      render: (at: string | undefined) =>
        at === undefined ? (
          formatMessage(messages.never)
        ) : (
          <RelativeTime at={new Date(at)} isSentence />
        ),
    },
    {
      name: formatMessage(messages.actions),
      width: '80px',
      actions: [
        {
          name: formatMessage(messages.end),
          description: formatMessage(messages.endText),
          icon: 'linkSlash',
          type: 'icon',
          color: 'text',
          onClick: (grant) => onEnd([grant]),
        },
      ],
    },
  ];
}
