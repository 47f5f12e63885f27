import { EuiCallOut } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { ConfirmationDialog } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { RevocationResult } from '../authorization/index.ts';

const messages = defineMessages({
  title: { id: 'connectorsUi.disconnect.title', defaultMessage: 'Disconnect {name}?' },
  stops: { id: 'connectorsUi.disconnect.stops', defaultMessage: 'This stops working for you:' },
  stopsActions: {
    id: 'connectorsUi.disconnect.stopsActions',
    defaultMessage: 'Every action of {name} that uses {account}',
  },
  stopsActionsUnnamed: {
    id: 'connectorsUi.disconnect.stopsActionsUnnamed',
    defaultMessage: 'Every action of {name} that uses your account',
  },
  stopsSchedules: {
    id: 'connectorsUi.disconnect.stopsSchedules',
    defaultMessage: 'Workflows and schedules that run as you and use {name}',
  },
  others: {
    id: 'connectorsUi.disconnect.others',
    defaultMessage:
      'The authorization is also revoked at the provider. Other users stay connected, and you can connect again at any time.',
  },
  confirm: { id: 'connectorsUi.disconnect.confirm', defaultMessage: 'Disconnect' },
  doneTitle: { id: 'connectorsUi.disconnect.doneTitle', defaultMessage: '{name} is disconnected' },
  failed: { id: 'connectorsUi.disconnect.failed', defaultMessage: 'You are still connected' },
  failedText: {
    id: 'connectorsUi.disconnect.failedText',
    defaultMessage: 'The server did not respond. Try again.',
  },
});

const results = defineMessages({
  revoked: {
    id: 'connectorsUi.disconnectResult.revoked',
    defaultMessage: 'The provider confirmed that the authorization was revoked.',
  },
  waiting: {
    id: 'connectorsUi.disconnectResult.waiting',
    defaultMessage:
      'The provider has not confirmed yet. The server tries again until it does, you do not have to do anything.',
  },
  unsupported: {
    id: 'connectorsUi.disconnectResult.unsupported',
    defaultMessage:
      'The provider offers no way to revoke it from here. To remove it there too, open the security settings of your account at the provider.',
  },
  failed: {
    id: 'connectorsUi.disconnectResult.failed',
    defaultMessage:
      'The provider refused to revoke it. Remove the access in the security settings of your account at the provider.',
  },
  none: {
    id: 'connectorsUi.disconnectResult.none',
    defaultMessage: 'There was no authorization any more.',
  },
});

/** Properties of {@link DisconnectDialog}. */
export interface DisconnectDialogProps {
  readonly connectorName: string;
  /** `undefined`: the provider did not name it. */
  readonly account: string | undefined;
  /** `asking` before the request, the result after it. `failed`: the user is still connected. */
  readonly phase: 'asking' | 'busy' | 'failed' | { readonly result: RevocationResult };
  readonly onDisconnect: () => void;
  readonly onClose: () => void;
}

/** Asks before disconnecting, says what stops working, and then what happened at the provider. */
export function DisconnectDialog(props: DisconnectDialogProps): ReactElement {
  const { connectorName: name, phase, onDisconnect, onClose } = props;
  const { formatMessage } = useIntl();
  const isDone = typeof phase === 'object';
  return (
    <ConfirmationDialog
      // The focus moves to the button that the result has.
      key={isDone ? 'result' : 'question'}
      title={formatMessage(isDone ? messages.doneTitle : messages.title, { name })}
      action={
        isDone
          ? undefined
          : { label: formatMessage(messages.confirm), color: 'danger', run: onDisconnect }
      }
      isBusy={phase === 'busy'}
      failure={
        phase === 'failed'
          ? { title: formatMessage(messages.failed), text: formatMessage(messages.failedText) }
          : undefined
      }
      onClose={onClose}
    >
      {isDone ? <Result result={phase.result} /> : <Consequences {...props} />}
    </ConfirmationDialog>
  );
}

function Consequences({ connectorName: name, account }: DisconnectDialogProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <p>{formatMessage(messages.stops)}</p>
      <ul>
        <li>
          {account === undefined
            ? formatMessage(messages.stopsActionsUnnamed, { name })
            : formatMessage(messages.stopsActions, { name, account })}
        </li>
        <li>{formatMessage(messages.stopsSchedules, { name })}</li>
      </ul>
      <p>{formatMessage(messages.others)}</p>
    </>
  );
}

function Result({ result }: { readonly result: RevocationResult }): ReactElement {
  const { formatMessage } = useIntl();
  const needsUser = result === 'unsupported' || result === 'failed';
  return (
    <EuiCallOut
      announceOnMount
      size="s"
      heading="p"
      color={needsUser ? 'warning' : 'success'}
      iconType={needsUser ? 'warning' : 'checkCircle'}
      title={formatMessage(results[result])}
    />
  );
}
