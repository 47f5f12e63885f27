import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageHeader,
  EuiSkeletonText,
  EuiSpacer,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement, ReactNode } from 'react';
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
  loading: { id: 'connectorsUi.connectors.loading', defaultMessage: 'Loading connectors' },
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
      readonly table: ConnectorsTableProps;
      readonly filters: ConnectorFiltersProps;
      /** `false`: the connection status of the user could not be read. */
      readonly isStatusKnown: boolean;
      /** Number of chosen rows. */
      readonly chosenCount: number;
      readonly onDeleteChosen: () => void;
      readonly onRetryStatus: () => void;
    };

/** Page of connectors without its flyouts. */
export function ConnectorsView(props: {
  readonly state: ConnectorsState;
  /** `undefined`: the user may not create connectors. */
  readonly onCreate: (() => void) | undefined;
  /** Notices above the table, for example about running authorizations. */
  readonly notices?: ReactNode;
}): ReactElement {
  const { state, onCreate, notices } = props;
  const { formatMessage } = useIntl();
  const create = onCreate && (
    <EuiButton key="create" fill iconType="plusCircle" onClick={onCreate}>
      {formatMessage(messages.create)}
    </EuiButton>
  );
  const isEmpty = state.status === 'empty';
  return (
    <>
      <EuiPageHeader
        pageTitle={formatMessage(messages.title)}
        description={formatMessage(messages.description)}
        rightSideItems={create && !isEmpty ? [create] : []}
      />
      <EuiSpacer size="l" />
      {notices}
      <Content state={state} create={create} />
    </>
  );
}

function Content({
  state,
  create,
}: {
  readonly state: ConnectorsState;
  readonly create: ReactNode;
}): ReactElement {
  const { formatMessage } = useIntl();
  switch (state.status) {
    case 'loading':
      return (
        <EuiSkeletonText
          lines={8}
          contentAriaLabel={formatMessage(messages.loading)}
          ariaWrapperProps={{ 'aria-label': formatMessage(messages.loading) }}
        />
      );
    case 'failed':
      return (
        <EuiEmptyPrompt
          color="danger"
          iconType="error"
          title={<h2>{formatMessage(messages.failedTitle)}</h2>}
          body={<p>{state.message}</p>}
          actions={
            <EuiButton color="danger" iconType="refresh" onClick={state.onRetry}>
              {formatMessage(messages.retry)}
            </EuiButton>
          }
        />
      );
    case 'empty':
      return (
        <EuiEmptyPrompt
          iconType="plugs"
          color="subdued"
          title={<h2>{formatMessage(create ? messages.emptyTitle : messages.noneTitle)}</h2>}
          body={<p>{formatMessage(create ? messages.emptyText : messages.noneText)}</p>}
          {...(create ? { actions: create } : {})}
        />
      );
    case 'ready':
      return <Table state={state} />;
    default:
      return state satisfies never;
  }
}

function Table({
  state,
}: {
  readonly state: Extract<ConnectorsState, { readonly status: 'ready' }>;
}): ReactElement {
  const { formatMessage } = useIntl();
  const { chosenCount } = state;
  return (
    <>
      {state.isStatusKnown ? null : (
        <>
          <EuiCallOut
            announceOnMount
            size="s"
            color="warning"
            iconType="warning"
            title={formatMessage(messages.statusFailed)}
          >
            <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
              <EuiFlexItem grow={false}>{formatMessage(messages.statusFailedText)}</EuiFlexItem>
              <EuiFlexItem grow={false}>
                <EuiButtonEmpty size="xs" color="warning" onClick={state.onRetryStatus}>
                  {formatMessage(messages.retry)}
                </EuiButtonEmpty>
              </EuiFlexItem>
            </EuiFlexGroup>
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
      <ConnectorFilters {...state.filters} />
      <EuiSpacer size="m" />
      {chosenCount > 0 ? (
        <>
          <EuiButton size="s" color="danger" iconType="trash" onClick={state.onDeleteChosen}>
            {formatMessage(messages.deleteChosen, { count: chosenCount })}
          </EuiButton>
          <EuiSpacer size="s" />
        </>
      ) : null}
      <ConnectorsTable {...state.table} />
    </>
  );
}
