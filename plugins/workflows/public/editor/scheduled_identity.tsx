import { EuiCallOut, EuiIcon, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  now: {
    id: 'workflows.scheduledIdentity.now',
    defaultMessage: 'Scheduled runs act as {user}, who saved the workflow last.',
  },
  willBe: {
    id: 'workflows.scheduledIdentity.willBe',
    defaultMessage: 'After you save, scheduled runs act as you ({user}), with your accounts.',
  },
  changes: {
    id: 'workflows.scheduledIdentity.changes',
    defaultMessage: 'Scheduled runs act as {before} now. After you save, they act as you ({user}).',
  },
  changesText: {
    id: 'workflows.scheduledIdentity.changesText',
    defaultMessage: 'Steps then use your accounts instead of those of {before}.',
  },
  notConnected: {
    id: 'workflows.scheduledIdentity.notConnected',
    defaultMessage:
      'Not connected: {connectors}. Scheduled runs wait at their steps until {user} is connected.',
  },
});

/** As whom the schedules of a workflow act. */
export interface ScheduledIdentity {
  /** Username of scheduled runs now. `undefined`: there are none. */
  readonly now: string | undefined;
  /** Username of scheduled runs after saving. `undefined`: saving does not change `now`. */
  readonly afterSaving: string | undefined;
  /** Names of the connectors that the user `now` has to authorize. */
  readonly notConnected: readonly string[];
}

/** Tells as whom scheduled runs act now, and after saving. */
export function ScheduledIdentityNote(props: {
  readonly identity: ScheduledIdentity;
}): ReactElement | null {
  const { now, afterSaving, notConnected } = props.identity;
  const { formatMessage, formatList } = useIntl();
  const name = (text: string) => <TwoLines key={text} text={text} />;
  if (afterSaving !== undefined && now !== undefined && now !== afterSaving)
    return (
      <EuiCallOut
        size="s"
        iconType="user"
        heading="p"
        title={formatMessage(messages.changes, { before: now, user: afterSaving })}
        css={{ overflowWrap: 'anywhere' }}
      >
        <p>{formatMessage(messages.changesText, { before: name(now) })}</p>
      </EuiCallOut>
    );
  const user = afterSaving ?? now;
  if (user === undefined) return null;
  return (
    <EuiText size="s" color="subdued" css={{ overflowWrap: 'anywhere' }}>
      <p>
        <EuiIcon type="user" size="s" aria-hidden />{' '}
        {formatMessage(afterSaving === undefined ? messages.now : messages.willBe, {
          user: name(user),
        })}{' '}
        {afterSaving === undefined && notConnected.length > 0
          ? formatMessage(messages.notConnected, {
              connectors: formatList(notConnected),
              user: name(user),
            })
          : null}
      </p>
    </EuiText>
  );
}
