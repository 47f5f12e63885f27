import {
  type CriteriaWithPagination,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButton,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { RelativeTime } from '../connection_controls/index.ts';
import { type GrantsPage as GrantsPageBody, USERS_PER_PAGE } from '../connector_data/index.ts';

const messages = defineMessages({
  caption: { id: 'connectorsUi.grants.caption', defaultMessage: 'Connected users' },
  user: { id: 'connectorsUi.grants.user', defaultMessage: 'User' },
  removedUser: {
    id: 'connectorsUi.grants.removedUser',
    defaultMessage: 'Disabled or deleted user',
  },
  status: { id: 'connectorsUi.grants.status', defaultMessage: 'Status' },
  since: { id: 'connectorsUi.grants.since', defaultMessage: 'Connected' },
  used: { id: 'connectorsUi.grants.used', defaultMessage: 'Last used' },
  never: { id: 'connectorsUi.grants.never', defaultMessage: 'Never' },
  actions: { id: 'connectorsUi.grants.actions', defaultMessage: 'Actions' },
  end: { id: 'connectorsUi.grants.end', defaultMessage: 'End authorization' },
  endText: {
    id: 'connectorsUi.grants.endText',
    defaultMessage: 'The user has to connect again. The access is revoked at the provider.',
  },
  endAllOfUser: {
    id: 'connectorsUi.grants.endAllOfUser',
    defaultMessage: 'End all of this user',
  },
  endAllOfUserText: {
    id: 'connectorsUi.grants.endAllOfUserText',
    defaultMessage: 'Ends the authorizations of this user for all connectors.',
  },
  endChosen: {
    id: 'connectorsUi.grants.endChosen',
    defaultMessage: 'End {count, plural, one {# authorization} other {# authorizations}}',
  },
  none: {
    id: 'connectorsUi.grants.none',
    defaultMessage: 'No user has connected an account to this connector.',
  },
});

const statusNames = defineMessages({
  connected: { id: 'connectorsUi.grants.status.connected', defaultMessage: 'Connected' },
  expiring: { id: 'connectorsUi.grants.status.expiring', defaultMessage: 'Ends soon' },
  needs_reauth: {
    id: 'connectorsUi.grants.status.needsReauth',
    defaultMessage: 'Must connect again',
  },
  refresh_failing: {
    id: 'connectorsUi.grants.status.refreshFailing',
    defaultMessage: 'Renewal failing',
  },
  pending: { id: 'connectorsUi.grants.status.pending', defaultMessage: 'Not finished' },
  not_connected: {
    id: 'connectorsUi.grants.status.notConnected',
    defaultMessage: 'Not connected',
  },
  revocation_pending: {
    id: 'connectorsUi.grants.status.revocationPending',
    defaultMessage: 'Disconnected, revocation pending',
  },
  other: { id: 'connectorsUi.grants.status.other', defaultMessage: 'Unknown' },
});

/** One authorization of one user. */
export type Grant = GrantsPageBody['grants'][number];

/** Properties of {@link GrantsTable}. */
export interface GrantsTableProps {
  readonly page: GrantsPageBody;
  /** From 0. */
  readonly pageIndex: number;
  readonly isLoading: boolean;
  readonly chosen: readonly Grant[];
  readonly onPage: (index: number) => void;
  readonly onChoose: (grants: readonly Grant[]) => void;
  readonly onEnd: (grants: readonly Grant[]) => void;
  readonly onEndAllOfUser: (grant: Grant) => void;
}

/** Users who have connected their account to one connector. */
export function GrantsTable(props: GrantsTableProps): ReactElement {
  const { page, pageIndex, chosen, onPage, onChoose, onEnd } = props;
  const intl = useIntl();
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
        itemId="profile_uid"
        loading={props.isLoading}
        columns={columnsOf(intl, props)}
        selection={{ onSelectionChange: onChoose }}
        pagination={{
          pageIndex,
          pageSize: USERS_PER_PAGE,
          totalItemCount: page.total,
          showPerPageOptions: false,
        }}
        onChange={(criteria: CriteriaWithPagination<Grant>) => onPage(criteria.page.index)}
        noItemsMessage={intl.formatMessage(messages.none)}
      />
    </>
  );
}

function columnsOf(
  { formatMessage }: IntlShape,
  { onEnd, onEndAllOfUser }: GrantsTableProps,
): EuiBasicTableColumn<Grant>[] {
  return [
    {
      name: formatMessage(messages.user),
      render: ({ username }: Grant) =>
        username ?? (
          <EuiText size="s" color="subdued">
            {formatMessage(messages.removedUser)}
          </EuiText>
        ),
    },
    {
      name: formatMessage(messages.status),
      render: ({ connection_status: status }: Grant) =>
        formatMessage(statusNames[isStatus(status) ? status : 'other']),
    },
    {
      name: formatMessage(messages.since),
      render: ({ connected_at: at }: Grant) =>
        at === undefined ? '–' : <RelativeTime at={new Date(at)} />,
    },
    {
      name: formatMessage(messages.used),
      render: ({ last_used_at: at }: Grant) =>
        at === undefined ? formatMessage(messages.never) : <RelativeTime at={new Date(at)} />,
    },
    {
      name: formatMessage(messages.actions),
      actions: [
        {
          name: formatMessage(messages.end),
          description: formatMessage(messages.endText),
          icon: 'linkSlash',
          type: 'icon',
          color: 'danger',
          onClick: (grant) => onEnd([grant]),
        },
        {
          name: formatMessage(messages.endAllOfUser),
          description: formatMessage(messages.endAllOfUserText),
          icon: 'user',
          type: 'icon',
          color: 'danger',
          onClick: onEndAllOfUser,
        },
      ],
    },
  ];
}

const isStatus = (status: string): status is keyof typeof statusNames =>
  Object.hasOwn(statusNames, status);
