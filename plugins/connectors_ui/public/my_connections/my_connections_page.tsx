import { EuiFieldSearch, EuiPageHeader, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { NoMatch, SMALLEST_PAGE, usePageParams } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useDeferredValue, useEffect } from 'react';
import { useIntl } from 'react-intl';
import {
  type Overview,
  overviewQuery,
  solvableAttention,
  unavailabilities,
} from '../connection_status/index.ts';
import { reconnectable } from './attention_queue.ts';
import { ConnectionItem } from './connection_item.tsx';
import { ConnectionSection, type FocusedItem, useFirstItems } from './connection_section.tsx';
import { Guide, MIN_GUIDED } from './guide.tsx';
import {
  type MyConnection,
  type MyConnections,
  matching,
  toMyConnections,
} from './my_connection.ts';
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
  search: {
    id: 'connectorsUi.myConnections.search',
    defaultMessage: 'Search by name, type or account',
  },
  noMatch: {
    id: 'connectorsUi.myConnections.noMatch',
    defaultMessage: 'No connector contains this text',
  },
});

/**
 * Page `/app/my_connections`. With `?connector=ID`, this connector is shown first; `?q=TEXT`
 * searches.
 */
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
  /** Connectors and connections. `undefined`: the request failed. */
  readonly overview: Overview | undefined;
  readonly onRetry: () => void;
}): ReactElement {
  const { overview, onRetry } = props;
  const { application, boot } = useCore();
  const { formatMessage } = useIntl();
  const [parameters, change] = usePageParams();
  const text = parameters.get('q') ?? '';
  // The search field shows each letter immediately; the lists follow in a deferred render.
  const searched = useDeferredValue(text);
  const invitedId = parameters.get('connector') ?? undefined;
  const { ofConnector } = unavailabilities(boot);
  const mine = overview && toMyConnections(overview, invitedId, ofConnector);
  if (overview === undefined || mine === undefined) {
    return <FailedNotice isForbidden={overview?.isForbidden ?? false} onRetry={onRetry} />;
  }
  const { invited, attention } = mine;
  const listed = [...(invited === undefined ? [] : [invited]), ...attention, ...mine.personal];
  const all = [...listed, ...mine.shared];
  if (all.length === 0) {
    const mayCreate = application.can('actions:create');
    return (
      <EmptyNotice
        onCreate={mayCreate ? () => application.navigate('/app/connectors') : undefined}
      />
    );
  }
  const guidable = solvableAttention(overview, ofConnector);
  const isSearch = searched.trim() !== '';
  // No guide during a search: it leads through all connections, not only through those that were
  // found.
  const guided = isSearch ? [] : reconnectable(guidable);
  const itemOf = (item: MyConnection, focused?: FocusedItem) => (
    <ConnectionItem
      key={item.id}
      item={item}
      isHighlighted={item.id === invitedId}
      isGuided={guided.length >= MIN_GUIDED && guided.includes(item.id)}
      focused={focused}
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
      {(all.length > SMALLEST_PAGE || text !== '') && (
        <>
          <EuiFieldSearch
            fullWidth
            placeholder={formatMessage(messages.search)}
            aria-label={formatMessage(messages.search)}
            value={text}
            onChange={({ target }) => change({ q: target.value }, { replace: true })}
          />
          <EuiSpacer size="l" />
        </>
      )}
      <ConnectionSection title={formatMessage(messages.invitation)} isShown={invited !== undefined}>
        {invited && itemOf(invited)}
      </ConnectionSection>
      <Lists
        key={searched}
        mine={matching(mine, searched)}
        isSearch={isSearch}
        guide={!isSearch && <Guide attention={guidable} nameOf={(id) => names.get(id) ?? ''} />}
        itemOf={itemOf}
      />
    </>
  );
}

/** The sections that may contain many connectors. */
function Lists(props: {
  readonly mine: Omit<MyConnections, 'invited'>;
  /** `true`: only connectors that contain the search text are listed. */
  readonly isSearch: boolean;
  readonly guide: ReactNode;
  readonly itemOf: (item: MyConnection, focused?: FocusedItem) => ReactElement;
}): ReactElement {
  const { mine, isSearch, guide, itemOf } = props;
  const { formatMessage } = useIntl();
  const attention = useFirstItems(mine.attention);
  const personal = useFirstItems(mine.personal);
  const shared = useFirstItems(mine.shared);
  if (isSearch && [attention, personal, shared].every(({ shown }) => shown.length === 0))
    return <NoMatch title={formatMessage(messages.noMatch)} />;
  return (
    <>
      <ConnectionSection
        title={formatMessage(messages.attention)}
        isShown={attention.shown.length > 0}
      >
        {guide}
        {attention.shown.map((item) => itemOf(item, attention.focused))}
        {attention.more}
      </ConnectionSection>
      <ConnectionSection
        title={formatMessage(messages.personal)}
        isShown={personal.shown.length > 0}
      >
        {personal.shown.map((item) => itemOf(item, personal.focused))}
        {personal.more}
      </ConnectionSection>
      <ConnectionSection
        title={formatMessage(messages.shared)}
        text={formatMessage(messages.sharedText)}
        isShown={shared.shown.length > 0}
      >
        <SharedList items={shared.shown} focused={shared.focused} />
        {shared.more}
      </ConnectionSection>
    </>
  );
}
