import { EuiCallOut } from '@elastic/eui';
import { defineMessages, type Failure } from '@latchkey/core/public';
import { ConfirmationDialog } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { RevocationResult } from '../authorization/index.ts';
import type { ConnectorUses, UsesState } from '../connector_uses/index.ts';
import { UseNames, UsesUnread } from './use_names.tsx';

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
  stopsWorkflows: {
    id: 'connectorsUi.disconnect.stopsWorkflows',
    defaultMessage:
      '{count, plural, one {# workflow that uses {name}, when it runs as you:} other {# workflows that use {name}, when they run as you:}}',
  },
  runsWait: {
    id: 'connectorsUi.disconnect.runsWait',
    defaultMessage:
      'Runs that need your account wait at that step until you connect again. They fail if that takes too long, or immediately if their workflow says so.',
  },
  others: {
    id: 'connectorsUi.disconnect.others',
    defaultMessage:
      'The authorization is also revoked at the provider. Other users stay connected, and you can connect again at any time.',
  },
  confirm: { id: 'connectorsUi.disconnect.confirm', defaultMessage: 'Disconnect' },
  doneTitle: { id: 'connectorsUi.disconnect.doneTitle', defaultMessage: '{name} is disconnected' },
  failed: { id: 'connectorsUi.disconnect.failed', defaultMessage: 'You are still connected' },
  unknown: {
    id: 'connectorsUi.disconnect.unknown',
    defaultMessage: 'It is not known whether you are still connected',
  },
  unknownText: {
    id: 'connectorsUi.disconnect.unknownText',
    defaultMessage:
      'The response of the server was lost, and the server could not be asked for the current state. Try again: to disconnect twice does no harm.',
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
  unknown: {
    id: 'connectorsUi.disconnectResult.unknown',
    defaultMessage:
      'The server disconnected you, but its response was lost. It also revokes the authorization at the provider. If the provider does not accept that, My connections says so.',
  },
});

type Intl = Pick<IntlShape, 'formatMessage'>;

/** Title of the dialog after the user was disconnected. */
export const disconnectedTitle = ({ formatMessage }: Intl, name: string): string =>
  formatMessage(messages.doneTitle, { name });

/** Text about the result at the provider, and about what the user has to do there. */
export const revocationText = ({ formatMessage }: Intl, result: RevocationResult): string =>
  formatMessage(results[result]);

/** `true`: the user has to remove the authorization at the provider. */
export const needsUser = (result: RevocationResult): boolean =>
  result === 'unsupported' || result === 'failed';

type Failed = 'unknown' | { readonly failure: string };

/** Text about a failed attempt to disconnect. */
export function disconnectFailure({ formatMessage }: Intl, failed: Failed): Failure {
  return failed === 'unknown'
    ? { title: formatMessage(messages.unknown), text: formatMessage(messages.unknownText) }
    : { title: formatMessage(messages.failed), text: failed.failure };
}

/** Properties of {@link DisconnectDialog}. */
export interface DisconnectDialogProps {
  readonly connectorName: string;
  /** Name of the connected account. `undefined`: the provider did not name it. */
  readonly account: string | undefined;
  /** Workflows that use the connector. */
  readonly uses: UsesState;
  /**
   * `asking`: before the request. `busy`: during the request. `result`: the user was disconnected.
   * `failure`: the user is still connected, for this reason. `unknown`: the response was lost, and
   * the state could not be read.
   */
  readonly phase: 'asking' | 'busy' | Failed | { readonly result: RevocationResult };
  readonly onDisconnect: () => void;
  readonly onClose: () => void;
}

/**
 * Dialog that asks before disconnecting and says what stops working, and afterwards shows the
 * result at the provider.
 */
export function DisconnectDialog(props: DisconnectDialogProps): ReactElement {
  const { connectorName: name, phase, onDisconnect, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const isDone = typeof phase === 'object' && 'result' in phase;
  const isFailed = phase === 'unknown' || (typeof phase === 'object' && 'failure' in phase);
  return (
    <ConfirmationDialog
      // A new key, so that the focus moves to the button of the result.
      key={isDone ? 'result' : 'question'}
      title={formatMessage(isDone ? messages.doneTitle : messages.title, {
        name: <bdi>{name}</bdi>,
      })}
      action={
        isDone
          ? undefined
          : { label: formatMessage(messages.confirm), color: 'danger', run: onDisconnect }
      }
      isBusy={phase === 'busy'}
      failure={isFailed ? disconnectFailure(intl, phase) : undefined}
      onClose={onClose}
    >
      {isDone ? <Result result={phase.result} /> : <Consequences {...props} />}
    </ConfirmationDialog>
  );
}

function Consequences(props: DisconnectDialogProps): ReactElement {
  const { connectorName: name, account, uses } = props;
  const { known, failure } = uses;
  const { formatMessage } = useIntl();
  return (
    <>
      <p>{formatMessage(messages.stops)}</p>
      {/* The workflows may be known only later. Screen readers read them then. */}
      <ul aria-live="polite">
        <li>
          {account === undefined
            ? formatMessage(messages.stopsActionsUnnamed, { name })
            : formatMessage(messages.stopsActions, { name, account })}
        </li>
        <Uses name={name} uses={known} />
      </ul>
      <UsesUnread count={1} failure={failure} />
      {known === undefined || known.total === 0 ? null : <p>{formatMessage(messages.runsWait)}</p>}
      <p>{formatMessage(messages.others)}</p>
    </>
  );
}

/** Text about the uses that stop working. It names the workflows if some are known. */
function Uses(props: {
  readonly name: string;
  readonly uses: ConnectorUses | undefined;
}): ReactElement {
  const { name, uses } = props;
  const { formatMessage } = useIntl();
  // Workflows of other spaces, and those that compute the id of the connector, are never known.
  if (uses === undefined || uses.total === 0)
    return <li>{formatMessage(messages.stopsSchedules, { name })}</li>;
  return (
    <li>
      {formatMessage(messages.stopsWorkflows, { name, count: uses.total })}
      <UseNames uses={uses} />
    </li>
  );
}

/**
 * Colors of the notices. `success` only if neither the user nor the server has anything left to do.
 */
const COLORS: Readonly<Record<RevocationResult, 'success' | 'primary' | 'warning'>> = {
  revoked: 'success',
  none: 'success',
  waiting: 'primary',
  unknown: 'primary',
  unsupported: 'warning',
  failed: 'warning',
};

function Result({ result }: { readonly result: RevocationResult }): ReactElement {
  const intl = useIntl();
  return (
    <EuiCallOut announceOnMount size="s" color={COLORS[result]}>
      <p>{revocationText(intl, result)}</p>
    </EuiCallOut>
  );
}
