import { EuiButton, EuiCallOut, useEuiTheme } from '@elastic/eui';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { HttpClientError } from '../http_client_error.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { ConfirmationDialog } from '../page_parts/confirmation_dialog.tsx';
import { useCore } from '../use_core.ts';
import { listenForSignIn } from './session_channel.ts';

const messages = defineMessages({
  title: { id: 'core.session.endedTitle', defaultMessage: 'Your session has ended' },
  signIn: { id: 'core.session.signInElsewhere', defaultMessage: 'Sign in in a new tab' },
  stay: { id: 'core.session.stay', defaultMessage: 'Stay on this page' },
  blocked: { id: 'core.session.blocked', defaultMessage: 'The browser blocked the new tab' },
  blockedText: {
    id: 'core.session.blockedText',
    defaultMessage:
      'Open this server in another tab yourself and sign in there. Then return to this tab.',
  },
  continued: {
    id: 'core.session.continued',
    defaultMessage: 'You are signed in again. Your input is still here; save it now.',
  },
  otherTitle: { id: 'core.session.otherTitle', defaultMessage: 'Another user has signed in' },
  reload: { id: 'core.session.reload', defaultMessage: 'Discard and reload' },
});

/** Properties of {@link SessionEnd}. */
export interface SessionEndProps {
  /** `true`: the page had unsaved changes when the session ended. Later changes have no effect. */
  readonly hasChanges: boolean;
  /** User of the ended session. Only this user may save the unsaved changes. */
  readonly username: string;
  /** Goes to the login page, which leads back to this page. Unsaved changes are lost. */
  readonly onSignIn: () => void;
  /** Opens the login page in a new tab. `false`: the browser blocked it. */
  readonly onSignInElsewhere: () => boolean;
  /** Reads the user of the current session from the server. Rejects without a session. */
  readonly readUsername: () => Promise<string | undefined>;
  /** Called when the same user has signed in again. */
  readonly onContinue: () => void;
}

/**
 * Handles the end of the session. Without unsaved changes it goes to the login page, which leads
 * back. With unsaved changes the page stays open: the user signs in in another tab and continues
 * here. When another tab signs in or the window gets the focus, it asks the server for the session.
 */
export function SessionEnd(props: SessionEndProps) {
  const { hasChanges: hadChanges, username, onSignIn, readUsername, onContinue } = props;
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  const queryClient = useQueryClient();
  const [hasChanges] = useState(hadChanges);
  const [isOpen, setOpen] = useState(hadChanges);
  const [isBlocked, setBlocked] = useState(false);
  const [otherUser, setOtherUser] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the session ended
  useEffect(() => {
    feedback.announce(formatMessage(messages.title));
    if (!hasChanges) onSignIn();
  }, []);
  const check = useCallback(async () => {
    // Without a session or a response of the server, nothing changes until the next event.
    const name = await readUsername().catch(() => undefined);
    if (name === undefined) return;
    if (name === username) {
      feedback.toast({ title: formatMessage(messages.continued), color: 'success' });
      onContinue();
    } else {
      setOtherUser(name);
      setOpen(true);
    }
  }, [readUsername, username, feedback, formatMessage, onContinue]);
  useEffect(() => {
    if (!hasChanges) return undefined;
    const onEvent = () => void check();
    const stopListening = listenForSignIn(onEvent);
    window.addEventListener('focus', onEvent);
    return () => {
      stopListening();
      window.removeEventListener('focus', onEvent);
    };
  }, [hasChanges, check]);
  // Reopens the dialog when a save is refused because the session has ended.
  useEffect(
    () =>
      queryClient.getMutationCache().subscribe(({ mutation }) => {
        const error: unknown = mutation?.state.error;
        if (error instanceof HttpClientError && error.status === 401) setOpen(hasChanges);
      }),
    [queryClient, hasChanges],
  );
  if (!hasChanges) return null;
  return (
    <SessionEndView
      username={username}
      otherUser={otherUser}
      isOpen={isOpen}
      isBlocked={isBlocked}
      onReload={onSignIn}
      onSignIn={() => setBlocked(!props.onSignInElsewhere())}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
    />
  );
}

/** Properties of {@link SessionEndView}. */
interface SessionEndViewProps {
  readonly username: string;
  /** Another user who has signed in. `undefined`: no other user has. */
  readonly otherUser: string | undefined;
  /** `false`: the user closed the dialog, and a notice remains. */
  readonly isOpen: boolean;
  /** `true`: the browser blocked the new tab. */
  readonly isBlocked: boolean;
  readonly onReload: () => void;
  readonly onSignIn: () => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** Dialog, or notice, at the end of a session with unsaved changes. */
export function SessionEndView(props: SessionEndViewProps) {
  const { username, otherUser, isOpen, isBlocked } = props;
  const { formatMessage } = useIntl();
  if (!isOpen) return <Reminder onSignIn={props.onOpen} />;
  const isOther = otherUser !== undefined;
  return (
    <ConfirmationDialog
      key={isOther ? 'other' : 'ended'}
      title={formatMessage(isOther ? messages.otherTitle : messages.title)}
      action={
        isOther
          ? { label: formatMessage(messages.reload), color: 'danger', run: props.onReload }
          : { label: formatMessage(messages.signIn), run: props.onSignIn }
      }
      cancelLabel={formatMessage(messages.stay)}
      failure={
        isBlocked
          ? { title: formatMessage(messages.blocked), text: formatMessage(messages.blockedText) }
          : undefined
      }
      onClose={props.onClose}
    >
      <p>
        {isOther ? (
          <FormattedMessage
            id="core.session.otherText"
            defaultMessage="{other} is signed in in this browser now, but you entered your changes as {username}. They cannot be saved as another user. Copy what you need before you reload the page, or sign in as {username} in another tab."
            values={{ other: <strong>{otherUser}</strong>, username: <strong>{username}</strong> }}
          />
        ) : (
          <FormattedMessage
            id="core.session.keptText"
            defaultMessage="Your input is not saved yet, but it stays here. Sign in as {username} in a new tab, then return to this tab and continue."
            values={{ username: <strong>{username}</strong> }}
          />
        )}
      </p>
    </ConfirmationDialog>
  );
}

/**
 * Notice that the session has ended, shown after the user closed the dialog. Fixed at the lower
 * edge, above flyouts.
 */
function Reminder({ onSignIn }: { readonly onSignIn: () => void }) {
  const { euiTheme } = useEuiTheme();
  return (
    <EuiCallOut
      size="s"
      color="warning"
      iconType="lock"
      title={<FormattedMessage {...messages.title} />}
      css={{
        position: 'fixed',
        insetBlockEnd: euiTheme.size.base,
        insetInlineStart: euiTheme.size.base,
        zIndex: Number(euiTheme.levels.toast),
      }}
    >
      <EuiButton size="s" color="warning" onClick={onSignIn}>
        <FormattedMessage id="core.session.signIn" defaultMessage="Sign in again" />
      </EuiButton>
    </EuiCallOut>
  );
}
