import { EuiButton, EuiButtonEmpty, EuiCallOut, EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  EmptyList,
  type ListFailure,
  ListPage,
  NoticeAnnouncement,
  TableToolbar,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { ConnectorFilters, type ConnectorFiltersProps } from './connector_filters.tsx';
import { ConnectorsTable, type ConnectorsTableProps } from './connectors_table.tsx';

const messages = defineMessages({
  title: { id: 'connectorsUi.connectors.title', defaultMessage: 'Connectors' },
  description: {
    id: 'connectorsUi.connectors.description',
    defaultMessage: 'Services that workflows, programs and users can call from here.',
  },
  create: { id: 'connectorsUi.connectors.create', defaultMessage: 'Create connector' },
  search: { id: 'connectorsUi.filters.search', defaultMessage: 'Search connectors' },
  emptyTitle: {
    id: 'connectorsUi.connectors.emptyTitle',
    defaultMessage: 'Create your first connector',
  },
  emptyText: {
    id: 'connectorsUi.connectors.emptyText',
    defaultMessage:
      'A connector holds the address and credentials of a service, for example Google Drive. Each user can then connect their own account.',
  },
  noneTitle: {
    id: 'connectorsUi.connectors.noneTitle',
    defaultMessage: 'There are no connectors in this space',
  },
  noneText: {
    id: 'connectorsUi.connectors.noneText',
    defaultMessage: 'An administrator creates them. As soon as there is one, you see it here.',
  },
  failedTitle: {
    id: 'connectorsUi.connectors.failedTitle',
    defaultMessage: 'The connectors could not be loaded',
  },
  retry: { id: 'connectorsUi.connectors.retry', defaultMessage: 'Try again' },
  statusFailed: {
    id: 'connectorsUi.connectors.statusFailed',
    defaultMessage: 'Your connection status could not be loaded',
  },
  statusFailedText: {
    id: 'connectorsUi.connectors.statusFailedText',
    defaultMessage: 'Everything else works. The page tries again by itself.',
  },
  count: {
    id: 'connectorsUi.connectors.count',
    defaultMessage: '{count, plural, one {# connector} other {# connectors}}',
  },
  deleteChosen: {
    id: 'connectorsUi.connectors.deleteChosen',
    defaultMessage: 'Delete {count, plural, one {# connector} other {# connectors}}',
  },
});

/** State of the list of connectors. */
export type ConnectorsState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string; readonly onRetry: () => void }
  | { readonly status: 'empty' }
  | {
      readonly status: 'ready';
      /** Absent: the list is up to date. */
      readonly outdated?: ListFailure['outdated'];
      readonly table: ConnectorsTableProps;
      readonly filters: ConnectorFiltersProps;
      /** `false`: the connection status of the user could not be read. */
      readonly isStatusKnown: boolean;
      readonly onDeleteChosen: () => void;
      readonly onRetryStatus: () => void;
    };

/** Page of connectors without its flyouts and requests. */
export function ConnectorsView(props: {
  readonly state: ConnectorsState;
  /** Opens the form for a new connector. `undefined`: the user may not create connectors. */
  readonly onCreate: (() => void) | undefined;
}): ReactElement {
  const { state, onCreate } = props;
  const { formatMessage } = useIntl();
  const filters = state.status === 'ready' ? state.filters : undefined;
  return (
    <ListPage
      title={formatMessage(messages.title)}
      description={formatMessage(messages.description)}
      create={onCreate && { label: formatMessage(messages.create), onClick: onCreate }}
      notice={
        state.status === 'ready' && !state.isStatusKnown ? (
          <StatusUnknown onRetry={state.onRetryStatus} />
        ) : undefined
      }
      search={
        filters && {
          label: formatMessage(messages.search),
          value: filters.query.text,
          onChange: (text) => filters.onChange({ text }),
        }
      }
      filters={filters && <ConnectorFilters {...filters} />}
      isLoading={state.status === 'loading'}
      failure={
        state.status === 'failed'
          ? {
              title: formatMessage(messages.failedTitle),
              text: state.message,
              onRetry: state.onRetry,
            }
          : undefined
      }
      outdated={state.status === 'ready' ? state.outdated : undefined}
      empty={state.status === 'empty' ? <Empty onCreate={onCreate} /> : undefined}
    >
      {state.status === 'ready' ? <Table state={state} /> : null}
    </ListPage>
  );
}

function Empty({ onCreate }: { readonly onCreate: (() => void) | undefined }): ReactElement {
  const { formatMessage } = useIntl();
  const mayCreate = onCreate !== undefined;
  return (
    <EmptyList
      icon="plugs"
      title={formatMessage(mayCreate ? messages.emptyTitle : messages.noneTitle)}
      text={formatMessage(mayCreate ? messages.emptyText : messages.noneText)}
      create={onCreate && { label: formatMessage(messages.create), onClick: onCreate }}
    />
  );
}

function StatusUnknown({ onRetry }: { readonly onRetry: () => void }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiCallOut
      size="s"
      color="warning"
      iconType="warning"
      title={formatMessage(messages.statusFailed)}
    >
      <NoticeAnnouncement
        texts={[formatMessage(messages.statusFailed), formatMessage(messages.statusFailedText)]}
      />
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
        <EuiFlexItem grow={false}>{formatMessage(messages.statusFailedText)}</EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty size="xs" color="warning" onClick={onRetry}>
            {formatMessage(messages.retry)}
          </EuiButtonEmpty>
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiCallOut>
  );
}

function Table({
  state,
}: {
  readonly state: Extract<ConnectorsState, { readonly status: 'ready' }>;
}): ReactElement {
  const { formatMessage } = useIntl();
  const chosenCount = state.table.chosen.length;
  if (state.table.selected.total === 0) return <ConnectorsTable {...state.table} />;
  return (
    <>
      <TableToolbar
        count={formatMessage(messages.count, { count: state.table.selected.total })}
        action={
          chosenCount > 0 ? (
            <EuiButton size="s" color="danger" iconType="trash" onClick={state.onDeleteChosen}>
              {formatMessage(messages.deleteChosen, { count: chosenCount })}
            </EuiButton>
          ) : undefined
        }
      />
      <ConnectorsTable {...state.table} />
    </>
  );
}
