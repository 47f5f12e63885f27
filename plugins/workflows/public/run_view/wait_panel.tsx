import { EuiCallOut, EuiFlexGroup, EuiFlexItem, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { useDateText } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { RunWait } from '../run_data/index.ts';
import { isApproval } from './approval.ts';

const messages = defineMessages({
  authorization: {
    id: 'workflows.wait.authorization',
    defaultMessage: 'Waits until you connect {name}',
  },
  authorizationText: {
    id: 'workflows.wait.authorizationText',
    defaultMessage:
      'A step uses your own account. The run goes on by itself at this step when you are connected.',
  },
  authorizationOfOther: {
    id: 'workflows.wait.authorizationOfOther',
    defaultMessage: 'Waits until {user} connects {name}',
  },
  connector: { id: 'workflows.wait.connector', defaultMessage: 'the connector' },
  approval: { id: 'workflows.wait.approval', defaultMessage: 'Waits for your approval' },
  approvalOfOther: {
    id: 'workflows.wait.approvalOfOther',
    defaultMessage: 'Waits for the approval of {user}',
  },
  input: { id: 'workflows.wait.input', defaultMessage: 'Waits for your response' },
  savedBy: {
    id: 'workflows.wait.savedBy',
    defaultMessage:
      '{user} saved this workflow and may receive what you enter. Enter no password or other secret.',
  },
  inputOfOther: {
    id: 'workflows.wait.inputOfOther',
    defaultMessage: 'Waits for a response of {user}',
  },
  ofOtherText: {
    id: 'workflows.wait.ofOtherText',
    defaultMessage: 'Only {user} can do this. You can cancel the run if you have the privilege.',
  },
  time: { id: 'workflows.wait.time', defaultMessage: 'Waits until {time}' },
  timeText: {
    id: 'workflows.wait.timeText',
    defaultMessage: 'Nobody has to do anything. The run goes on by itself.',
  },
  retry: { id: 'workflows.wait.retry', defaultMessage: 'Step {step} is tried again at {time}' },
  retryText: {
    id: 'workflows.wait.retryText',
    defaultMessage: 'The step has failed. Nobody has to do anything: the run goes on by itself.',
  },
  unknownTime: { id: 'workflows.wait.unknownTime', defaultMessage: 'Waits for some time' },
  child: { id: 'workflows.wait.child', defaultMessage: 'Waits for another run to end' },
  until: { id: 'workflows.wait.until', defaultMessage: 'Waits until {time} at the latest.' },
});

/** Properties of {@link WaitPanel}. */
export interface WaitPanelProps {
  readonly wait: RunWait;
  /**
   * Name of the failed step that the run repeats after the wait. Absent: the wait is not a pause
   * before a retry.
   */
  readonly failedStep?: string | undefined;
  /** Username of the user of the run. `undefined`: the current user. */
  readonly otherUser: string | undefined;
  /**
   * Username of the other user who saved the workflow with the question. `undefined`: the user of
   * the run saved it, or it is not known who did.
   */
  readonly savedBy?: string | undefined;
  /** Buttons or form with which the user responds or connects. `undefined`: the user may not. */
  readonly action: ReactNode | undefined;
}

/** Panel that tells why a run waits and who can end the wait, and lets this user end it. */
export function WaitPanel({
  wait,
  failedStep,
  otherUser,
  savedBy,
  action,
}: WaitPanelProps): ReactElement {
  const { formatMessage } = useIntl();
  const dateText = useDateText();
  const { kind, until, message } = wait;
  const isForUser = kind === 'authorization' || kind === 'input';
  const isMine = isForUser && otherUser === undefined;
  const text =
    kind === 'authorization' && isMine
      ? formatMessage(messages.authorizationText)
      : kind === 'time'
        ? formatMessage(failedStep === undefined ? messages.timeText : messages.retryText)
        : kind === 'child' || otherUser === undefined
          ? undefined
          : formatMessage(messages.ofOtherText, { user: otherUser });
  const icon = { authorization: 'link', input: 'user', time: 'clock', child: 'nested' }[kind];
  return (
    <EuiCallOut
      color={isMine ? 'warning' : 'primary'}
      iconType={icon}
      heading="h2"
      title={<Title wait={wait} failedStep={failedStep} otherUser={otherUser} />}
    >
      {message !== undefined && (
        <EuiText size="s" css={MESSAGE}>
          <p>{message}</p>
        </EuiText>
      )}
      {text !== undefined && <p>{text}</p>}
      {kind === 'input' && isMine && savedBy !== undefined && (
        <p>{formatMessage(messages.savedBy, { user: savedBy })}</p>
      )}
      {isForUser && until !== undefined && (
        <p>{formatMessage(messages.until, { time: dateText(until) })}</p>
      )}
      {action}
    </EuiCallOut>
  );
}

function Title(props: Omit<WaitPanelProps, 'action'>): ReactElement {
  const { wait, failedStep, otherUser } = props;
  const { formatMessage, formatDate } = useIntl();
  const { kind, until, connectorName } = wait;
  const name = connectorName ?? formatMessage(messages.connector);
  const user = otherUser ?? '';
  const isMine = otherUser === undefined;
  switch (kind) {
    case 'authorization':
      return (
        <>
          {formatMessage(isMine ? messages.authorization : messages.authorizationOfOther, {
            name,
            user,
          })}
        </>
      );
    case 'input': {
      const [mine, others] = isApproval(wait)
        ? [messages.approval, messages.approvalOfOther]
        : [messages.input, messages.inputOfOther];
      return <>{formatMessage(isMine ? mine : others, { user })}</>;
    }
    case 'time':
      return (
        <>
          {until === undefined
            ? formatMessage(messages.unknownTime)
            : formatMessage(failedStep === undefined ? messages.time : messages.retry, {
                step: failedStep ?? '',
                time: formatDate(until, WITH_SECONDS),
              })}
        </>
      );
    case 'child':
      return <>{formatMessage(messages.child)}</>;
  }
}

/** Times are shown with seconds, because many waits last only seconds. */
const WITH_SECONDS = { dateStyle: 'medium', timeStyle: 'medium' } as const;

/** Style for a text of the author of the workflow, with a margin like that of a paragraph. */
const MESSAGE = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', marginBlockEnd: 12 } as const;

/** Buttons in a row below the text of a panel. */
export function PanelActions({
  children,
}: {
  readonly children: readonly ReactNode[];
}): ReactElement {
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap>
      {children.map((child, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <EuiFlexItem key={index} grow={false}>
          {child}
        </EuiFlexItem>
      ))}
    </EuiFlexGroup>
  );
}
