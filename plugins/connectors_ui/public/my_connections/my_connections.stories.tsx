import type { Story, StoryGroup } from '@latchkey/core/public/stories';
import { AttemptNotice } from '../authorization_views/index.ts';
import { connectionMock, notConnectedMock } from '../connection_status/connection.mock.ts';
import type { Connection } from '../connection_status/index.ts';
import { ChooseSite } from '../site_choice/index.ts';
import { AttentionGuide, type GuideStep } from './attention_guide.tsx';
import { ConnectionActions } from './connection_actions.tsx';
import { ConnectionPanel } from './connection_panel.tsx';
import { EmptyNotice, FailedNotice, LoadingNotice, StatusFailedNotice } from './page_notices.tsx';
import { SharedList } from './shared_list.tsx';
import { TestNotice } from './test_notice.tsx';
import { UnrevokedNotice } from './unrevoked_notice.tsx';

const nothing = (): void => undefined;
const LONG = 'engineering_documents_'.repeat(9);
const item = (connection: Connection | undefined, name = 'Team documents') => ({
  id: 'drive',
  name,
  typeName: 'Google Drive',
  icon: 'logoGoogleG',
  isTestable: true,
  connection,
  reason: undefined,
  unavailable: undefined,
});

function panel(
  connection: Connection | undefined,
  changes: {
    readonly name?: string;
    readonly isHighlighted?: boolean;
    readonly isWaiting?: boolean;
    readonly needsSite?: boolean;
  } = {},
) {
  const { name = 'Team documents', isHighlighted = false, isWaiting = false } = changes;
  const { needsSite = false } = changes;
  const needsUser = connection?.nextStep === 'authorize' || connection?.nextStep === 'reconnect';
  const isConnected = connection?.account !== undefined;
  const attempt = isWaiting
    ? ({ status: 'waiting', windowSeen: true, expiresAt: Date.now() + 500_000 } as const)
    : ({ status: 'idle' } as const);
  return () => (
    <ConnectionPanel
      item={item(connection, name)}
      isHighlighted={isHighlighted}
      actions={
        <ConnectionActions
          attempt={attempt}
          connectorName={name}
          isReconnect={isConnected}
          isPrimary={needsUser}
          needsAuthorization={needsUser}
          canConnect
          onAuthorize={nothing}
          onCancel={nothing}
          siteButton={
            needsSite ? <ChooseSite connectorId="jira" connectorName={name} isPrimary /> : undefined
          }
          onTest={isConnected ? nothing : undefined}
          onDisconnect={isConnected ? nothing : undefined}
        />
      }
      notice={
        isWaiting && (
          <AttemptNotice
            attempt={attempt}
            connectorName={name}
            onAuthorize={nothing}
            onFollowLink={nothing}
            onDismiss={nothing}
          />
        )
      }
    />
  );
}

const guide = (step: GuideStep) => () => (
  <AttentionGuide
    step={step}
    onStart={nothing}
    onAuthorize={nothing}
    onCancel={nothing}
    onSkip={nothing}
    onStop={nothing}
  />
);

const panels: Story[] = [
  { name: 'connected', render: panel(connectionMock()) },
  { name: 'not connected', render: panel(notConnectedMock()) },
  { name: 'invited', render: panel(notConnectedMock(), { isHighlighted: true }) },
  { name: 'waiting', render: panel(notConnectedMock(), { isWaiting: true }) },
  {
    name: 'reconnect needed',
    render: panel(connectionMock({ status: 'needs_reauth', nextStep: 'reconnect' })),
  },
  {
    name: 'site not chosen',
    render: panel(
      connectionMock({ status: 'needs_site', nextStep: 'choose_site', account: undefined }),
      { name: 'Jira', needsSite: true },
    ),
  },
  {
    name: 'site chosen, account unnamed',
    render: panel(
      connectionMock({
        account: undefined,
        site: { id: 'a', label: 'https://acme.atlassian.net' },
      }),
      { name: 'Jira' },
    ),
  },
  { name: 'status unknown', render: panel(undefined) },
  {
    name: 'names without spaces',
    render: panel(connectionMock({ account: `${LONG}@example.com` }), { name: LONG }),
  },
  {
    name: 'waiting, name without spaces',
    render: panel(notConnectedMock(), { name: LONG, isWaiting: true }),
  },
];

const guides: Story[] = [
  { name: 'guide: offer', render: guide({ kind: 'offer', count: 3 }) },
  {
    name: 'guide: step',
    render: guide({
      kind: 'step',
      position: 2,
      total: 3,
      name: 'Team documents',
      attempt: { status: 'idle' },
    }),
  },
  {
    name: 'guide: name without spaces',
    render: guide({
      kind: 'step',
      position: 2,
      total: 3,
      name: LONG,
      attempt: { status: 'idle' },
    }),
  },
  {
    name: 'guide: waiting',
    render: guide({
      kind: 'step',
      position: 2,
      total: 3,
      name: 'Team documents',
      attempt: { status: 'waiting' },
    }),
  },
  { name: 'guide: done', render: guide({ kind: 'done', connected: 2, skipped: 1 }) },
];

const notices: Story[] = [
  { name: 'loading', render: () => <LoadingNotice /> },
  { name: 'empty', render: () => <EmptyNotice onCreate={undefined} /> },
  { name: 'empty for an administrator', render: () => <EmptyNotice onCreate={nothing} /> },
  { name: 'failed', render: () => <FailedNotice isForbidden={false} onRetry={nothing} /> },
  { name: 'no access', render: () => <FailedNotice isForbidden onRetry={nothing} /> },
  { name: 'status failed', render: () => <StatusFailedNotice /> },
  {
    name: 'test passed',
    render: () => <TestNotice result={{ status: 'ok' }} onDismiss={nothing} />,
  },
  {
    name: 'test refused by the service',
    render: () => (
      <TestNotice result={{ status: 'failed', reason: undefined }} onDismiss={nothing} />
    ),
  },
  {
    name: 'test without authorization',
    render: () => (
      <TestNotice result={{ status: 'failed', reason: 'token_revoked' }} onDismiss={nothing} />
    ),
  },
  { name: 'not revoked at the provider', render: () => <UnrevokedNotice /> },
  { name: 'shared', render: () => <SharedList items={[item(undefined)]} /> },
  {
    name: 'shared, names without spaces',
    render: () => <SharedList items={[item(undefined), { ...item(undefined, LONG), id: 'b' }]} />,
  },
];

/** States of the parts of the page. */
export const stories: StoryGroup = {
  title: 'My connections',
  stories: [...panels, ...guides, ...notices],
};
