import { EuiButton } from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { type Attempt, failureWords } from '../authorization/index.ts';
import { AccountDecision, type AccountDecisionProps } from './account_decision.tsx';
import { Countdown } from './countdown.tsx';
import { Notice } from './notice.tsx';

const messages = defineMessages({
  blockedTitle: {
    id: 'connectorsUi.notice.blockedTitle',
    defaultMessage: 'Your browser blocked the window',
  },
  blockedText: {
    id: 'connectorsUi.notice.blockedText',
    defaultMessage: 'Open the sign-in page for {name} with this link.',
  },
  openLink: { id: 'connectorsUi.notice.openLink', defaultMessage: 'Open sign-in page' },
  waitingTitle: {
    id: 'connectorsUi.notice.waitingTitle',
    defaultMessage: 'Finish in the other window',
  },
  waitingText: {
    id: 'connectorsUi.notice.waitingText',
    defaultMessage: 'Sign in there and allow access for {name}. This page notices it by itself.',
  },
  unseenTitle: {
    id: 'connectorsUi.notice.unseenTitle',
    defaultMessage: 'Finish in the other window, or start again',
  },
  redirectTitle: {
    id: 'connectorsUi.notice.redirectTitle',
    defaultMessage: 'Finish at the provider, or start again',
  },
  continueHere: {
    id: 'connectorsUi.notice.continueHere',
    defaultMessage: 'Continue in this window',
  },
  startAgain: { id: 'connectorsUi.notice.startAgain', defaultMessage: 'Start again' },
  succeededAs: { id: 'connectorsUi.notice.succeededAs', defaultMessage: 'Connected as {account}' },
  succeeded: { id: 'connectorsUi.notice.succeeded', defaultMessage: 'Connected' },
  accountChanged: {
    id: 'connectorsUi.notice.accountChanged',
    defaultMessage: 'You were connected with another account before. It is no longer used.',
  },
  cancelled: {
    id: 'connectorsUi.notice.cancelled',
    defaultMessage: 'Cancelled. Nothing was changed.',
  },
  expiredTitle: {
    id: 'connectorsUi.notice.expiredTitle',
    defaultMessage: 'The sign-in was not finished in time',
  },
  expiredText: {
    id: 'connectorsUi.notice.expiredText',
    defaultMessage: 'Nothing was changed. Start again when you are ready.',
  },
  checkSettings: {
    id: 'connectorsUi.notice.checkSettings',
    defaultMessage: 'Correct the settings of the connector, then connect again.',
  },
  openSettings: { id: 'connectorsUi.notice.openSettings', defaultMessage: 'Open settings' },
  tryAgain: { id: 'connectorsUi.notice.tryAgain', defaultMessage: 'Try again' },
});

/** Properties of {@link AttemptNotice}. */
export interface AttemptNoticeProps {
  readonly attempt: Attempt;
  readonly connectorName: string;
  readonly onAuthorize: () => void;
  readonly onFollowLink: () => void;
  /** Starts again in this window. `undefined`: not possible, because this page must not be left. */
  readonly onAuthorizeHere?: (() => void) | undefined;
  readonly onDismiss: () => void;
  /** Link to the settings of the connector. `undefined`: the user may not change them. */
  readonly settings?: AppLink | undefined;
  /**
   * Sends the decision about another account. `undefined`: the user decides in the other window.
   */
  readonly decision?: Pick<AccountDecisionProps, 'onDecide' | 'isDeciding'> | undefined;
}

/**
 * Notice about the state of an attempt, with what the user can do. Renders nothing when there is no
 * attempt.
 */
export function AttemptNotice(props: AttemptNoticeProps): ReactElement | null {
  const { attempt } = props;
  switch (attempt.status) {
    case 'idle':
    case 'starting':
      return null;
    case 'blocked':
      return <BlockedNotice {...props} attempt={attempt} />;
    case 'waiting':
      return <WaitingNotice {...props} attempt={attempt} />;
    case 'failed':
      return <FailedNotice {...props} attempt={attempt} />;
    case 'succeeded':
      return <SucceededNotice {...props} attempt={attempt} />;
    case 'cancelled':
      return <CancelledNotice {...props} />;
    case 'expired':
      return <ExpiredNotice {...props} />;
  }
}

type NoticeOf<Status extends Attempt['status']> = Omit<AttemptNoticeProps, 'attempt'> & {
  readonly attempt: Extract<Attempt, { readonly status: Status }>;
};

function BlockedNotice(props: NoticeOf<'blocked'>): ReactElement {
  const { attempt, connectorName: name, onFollowLink, onAuthorizeHere } = props;
  const { formatMessage } = useIntl();
  return (
    <Notice
      color="warning"
      iconType="warning"
      title={formatMessage(messages.blockedTitle)}
      text={formatMessage(messages.blockedText, { name })}
    >
      <EuiButton
        size="s"
        color="warning"
        href={attempt.url}
        target="_blank"
        rel="noreferrer"
        onClick={onFollowLink}
      >
        {formatMessage(messages.openLink)}
      </EuiButton>
      {onAuthorizeHere !== undefined && (
        <EuiButton size="s" color="warning" onClick={onAuthorizeHere}>
          {formatMessage(messages.continueHere)}
        </EuiButton>
      )}
      <Countdown until={attempt.expiresAt} />
    </Notice>
  );
}

function WaitingNotice(props: NoticeOf<'waiting'>): ReactElement {
  const { attempt, connectorName: name, onAuthorize, decision } = props;
  const { formatMessage } = useIntl();
  const { expiresAt, accountChange, windowSeen, isRedirect } = attempt;
  const unseenTitle = isRedirect === true ? messages.redirectTitle : messages.unseenTitle;
  if (accountChange !== undefined && decision !== undefined)
    return <AccountDecision change={accountChange} expiresAt={expiresAt} {...decision} />;
  return (
    <Notice
      color="primary"
      iconType="clock"
      title={formatMessage(windowSeen ? messages.waitingTitle : unseenTitle)}
      text={formatMessage(messages.waitingText, { name })}
    >
      {!windowSeen && (
        <EuiButton size="s" onClick={onAuthorize}>
          {formatMessage(messages.startAgain)}
        </EuiButton>
      )}
      <Countdown until={expiresAt} />
    </Notice>
  );
}

/**
 * Error codes that are the result of a decision of the user, so that the notice is not a warning.
 */
const NEUTRAL: ReadonlySet<string> = new Set(['account_kept', 'nothing_to_decide', 'state_used']);
const ICONS = { you: 'error', administrator: 'wrench', nobody: 'clock' } as const;

function FailedNotice(props: NoticeOf<'failed'>): ReactElement {
  const { attempt, onAuthorize, onDismiss } = props;
  const { formatMessage } = useIntl();
  const { who, what, advice, canRetry, isSetting } = failureWords(attempt.reason);
  const settings = isSetting ? props.settings : undefined;
  const isNeutral = NEUTRAL.has(attempt.reason);
  const color = who === 'nobody' ? 'warning' : 'danger';
  return (
    <Notice
      color={isNeutral ? 'primary' : color}
      iconType={isNeutral ? 'info' : ICONS[who]}
      title={formatMessage(what)}
      text={formatMessage(settings === undefined ? advice : messages.checkSettings)}
      onDismiss={onDismiss}
    >
      {settings !== undefined && (
        <EuiButton size="s" color={color} {...settings}>
          {formatMessage(messages.openSettings)}
        </EuiButton>
      )}
      {canRetry && (
        <EuiButton size="s" color={color} onClick={onAuthorize}>
          {formatMessage(messages.tryAgain)}
        </EuiButton>
      )}
    </Notice>
  );
}

function SucceededNotice({ attempt, onDismiss }: NoticeOf<'succeeded'>): ReactElement {
  const { formatMessage } = useIntl();
  const { account, accountChanged } = attempt;
  return (
    <Notice
      color="success"
      iconType="checkCircle"
      title={
        account === undefined
          ? formatMessage(messages.succeeded)
          : formatMessage(messages.succeededAs, { account })
      }
      text={accountChanged ? formatMessage(messages.accountChanged) : undefined}
      onDismiss={onDismiss}
    />
  );
}

function CancelledNotice({ onDismiss }: AttemptNoticeProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <Notice
      color="primary"
      iconType="info"
      title={formatMessage(messages.cancelled)}
      onDismiss={onDismiss}
    />
  );
}

function ExpiredNotice({ onAuthorize, onDismiss }: AttemptNoticeProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <Notice
      color="warning"
      iconType="clock"
      title={formatMessage(messages.expiredTitle)}
      text={formatMessage(messages.expiredText)}
      onDismiss={onDismiss}
    >
      <EuiButton size="s" color="warning" onClick={onAuthorize}>
        {formatMessage(messages.tryAgain)}
      </EuiButton>
    </Notice>
  );
}
