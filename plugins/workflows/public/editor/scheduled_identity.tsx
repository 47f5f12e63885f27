import { EuiButton, EuiCallOut, EuiIcon, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { SCHEDULED_RUNS_FAIL } from '../run_status/index.ts';

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
  refusedText: {
    id: 'workflows.scheduledIdentity.refusedText',
    defaultMessage:
      'They act as {user}, who saved the workflow last. This user was disabled or deleted, or may no longer run workflows in this space.',
  },
  takeOverText: {
    id: 'workflows.scheduledIdentity.takeOverText',
    defaultMessage:
      'Save the workflow yourself, so that scheduled runs act as you, with your accounts. Or ask an administrator to allow {user} to run workflows again.',
  },
  takeOver: {
    id: 'workflows.scheduledIdentity.takeOver',
    defaultMessage: 'Save so that runs act as me',
  },
  askText: {
    id: 'workflows.scheduledIdentity.askText',
    defaultMessage:
      'Ask a user who may change and run workflows to save it, so that scheduled runs act as that user. Or ask an administrator to allow {user} to run workflows again.',
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
  /** `true`: the user `now` may not run workflows, for example because the user was disabled. */
  readonly isRefused: boolean;
  /** Names of the connectors that the user `now` has to authorize. */
  readonly notConnected: readonly string[];
}

/** Tells as whom scheduled runs act now, and after saving. */
export function ScheduledIdentityNote(props: {
  readonly identity: ScheduledIdentity;
  /**
   * Saves the workflow, so that scheduled runs act as the current user. `undefined`: the user may
   * not change or not run workflows.
   */
  readonly onTakeOver: (() => void) | undefined;
  readonly isSaving: boolean;
}): ReactElement | null {
  const { now, afterSaving, isRefused, notConnected } = props.identity;
  const { formatMessage, formatList } = useIntl();
  const [isTakenOver, setTakenOver] = useState(false);
  const name = (text: string) => <TwoLines key={text} text={text} />;
  if (isRefused && now !== undefined) {
    const { onTakeOver, isSaving } = props;
    const takeOver =
      onTakeOver &&
      (() => {
        setTakenOver(true);
        onTakeOver();
      });
    return <RefusedNote user={name(now)} onTakeOver={takeOver} isSaving={isSaving} />;
  }
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
    <PlainNote takesFocus={isTakenOver}>
      {formatMessage(afterSaving === undefined ? messages.now : messages.willBe, {
        user: name(user),
      })}{' '}
      {afterSaving === undefined && notConnected.length > 0
        ? formatMessage(messages.notConnected, {
            connectors: formatList(notConnected),
            user: name(user),
          })
        : null}
    </PlainNote>
  );
}

/** Note without a button. */
function PlainNote(props: {
  /**
   * `true`: takes the focus when it appears in place of the button that had the focus, so that
   * screen readers read the new user of scheduled runs.
   */
  readonly takesFocus: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const { takesFocus, children } = props;
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that had the focus was removed, so the focus is nowhere.
    if (takesFocus && document.activeElement === document.body) text.current?.focus();
  }, [takesFocus]);
  return (
    <EuiText size="s" color="subdued" css={{ overflowWrap: 'anywhere' }}>
      <p
        ref={text}
        tabIndex={-1}
        // This selector must be more specific than EUI's rule for a visible focus.
        css={{ '&&:focus': { outline: 'none' } }}
      >
        <EuiIcon type="user" size="s" aria-hidden /> {children}
      </p>
    </EuiText>
  );
}

/** Says that scheduled runs fail because of their user, and who can repair it. */
function RefusedNote(props: {
  readonly user: ReactElement;
  readonly onTakeOver: (() => void) | undefined;
  readonly isSaving: boolean;
}): ReactElement {
  const { user, onTakeOver, isSaving } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiCallOut
      size="s"
      color="warning"
      iconType="warning"
      heading="p"
      title={formatMessage(SCHEDULED_RUNS_FAIL)}
      css={{ overflowWrap: 'anywhere' }}
    >
      <p>{formatMessage(messages.refusedText, { user })}</p>
      <p>
        {formatMessage(onTakeOver === undefined ? messages.askText : messages.takeOverText, {
          user,
        })}
      </p>
      {onTakeOver === undefined ? null : (
        <EuiButton
          size="s"
          color="warning"
          hasAriaDisabled
          isLoading={isSaving}
          onClick={onTakeOver}
        >
          {formatMessage(messages.takeOver)}
        </EuiButton>
      )}
    </EuiCallOut>
  );
}
