import { EuiPageHeader, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import {
  type Overview,
  overviewQuery,
  solvableAttention,
  unavailabilities,
} from '../connection_status/index.ts';
import { reconnectable } from './attention_queue.ts';
import { ConnectionItem } from './connection_item.tsx';
import { ConnectionSection } from './connection_section.tsx';
import { Guide, MIN_GUIDED } from './guide.tsx';
import { type MyConnection, toMyConnections } from './my_connection.ts';
import {
  EmptyNotice,
  FailedNotice,
  LoadingNotice,
  StatusFailedNotice,
  UnknownInvitationNotice,
} from './page_notices.tsx';
import { SharedList } from './shared_list.tsx';

const messages = defineMessages({
  title: { id: 'connectorsUi.myConnections.title', defaultMessage: 'My connections' },
  description: {
    id: 'connectorsUi.myConnections.description',
    defaultMessage: 'Accounts of yours that connectors use on your behalf.',
  },
  invitation: { id: 'connectorsUi.myConnections.invitation', defaultMessage: 'Invitation' },
  attention: {
    id: 'connectorsUi.myConnections.attention',
    defaultMessage: 'Needs your attention',
  },
  personal: { id: 'connectorsUi.myConnections.personal', defaultMessage: 'Your own accounts' },
  shared: { id: 'connectorsUi.myConnections.shared', defaultMessage: 'Shared by everyone' },
  sharedText: {
    id: 'connectorsUi.myConnections.sharedText',
    defaultMessage: 'These connectors use one account for all users. Nothing to connect.',
  },
});

/** Page `/app/my_connections`. `?connector=ID` shows one connector first. */
export function MyConnectionsPage(): ReactElement {
  const { formatMessage } = useIntl();
  const { http, queryClient, chrome } = useCore();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const { data, isPending, refetch } = useQuery(overviewQuery(http), queryClient);
  return (
    <div css={{ maxInlineSize: 1000, marginInline: 'auto' }}>
      <EuiPageHeader
        bottomBorder={false}
        paddingSize="none"
        pageTitle={title}
        description={formatMessage(messages.description)}
      />
      <EuiSpacer size="l" />
      {isPending ? <LoadingNotice /> : <Content overview={data} onRetry={() => void refetch()} />}
    </div>
  );
}

function Content(props: {
  /** `undefined`: the request failed. */
  readonly overview: Overview | undefined;
  readonly onRetry: () => void;
}): ReactElement {
  const { overview, onRetry } = props;
  const { application, boot } = useCore();
  const { formatMessage } = useIntl();
  const [parameters] = useSearchParams();
  const invitedId = parameters.get('connector') ?? undefined;
  const { ofConnector } = unavailabilities(boot);
  const mine = overview && toMyConnections(overview, invitedId, ofConnector);
  if (overview === undefined || mine === undefined) {
    return <FailedNotice isForbidden={overview?.isForbidden ?? false} onRetry={onRetry} />;
  }
  const { invited, attention, personal, shared } = mine;
  const listed = [...(invited === undefined ? [] : [invited]), ...attention, ...personal];
  const all = [...listed, ...shared];
  if (all.length === 0) {
    const mayCreate = application.can('actions:create');
    return (
      <EmptyNotice
        onCreate={mayCreate ? () => application.navigate('/app/connectors') : undefined}
      />
    );
  }
  const guidable = solvableAttention(overview, ofConnector);
  const guided = reconnectable(guidable);
  const itemOf = (item: MyConnection) => (
    <ConnectionItem
      key={item.id}
      item={item}
      isHighlighted={item.id === invitedId}
      isGuided={guided.length >= MIN_GUIDED && guided.includes(item.id)}
    />
  );
  const names = new Map(listed.map(({ id, name }) => [id, name]));
  return (
    <>
      {invitedId !== undefined && !all.some(({ id }) => id === invitedId) && (
        <>
          <UnknownInvitationNotice />
          <EuiSpacer size="l" />
        </>
      )}
      {overview.connections === undefined && (
        <>
          <StatusFailedNotice />
          <EuiSpacer size="l" />
        </>
      )}
      <ConnectionSection title={formatMessage(messages.invitation)} isShown={invited !== undefined}>
        {invited && itemOf(invited)}
      </ConnectionSection>
      <ConnectionSection title={formatMessage(messages.attention)} isShown={attention.length > 0}>
        <Guide attention={guidable} nameOf={(id) => names.get(id) ?? ''} />
        {attention.map(itemOf)}
      </ConnectionSection>
      <ConnectionSection title={formatMessage(messages.personal)} isShown={personal.length > 0}>
        {personal.map(itemOf)}
      </ConnectionSection>
      <ConnectionSection
        title={formatMessage(messages.shared)}
        text={formatMessage(messages.sharedText)}
        isShown={shared.length > 0}
      >
        <SharedList items={shared} />
      </ConnectionSection>
    </>
  );
}
