import { defineMessages, type Failure } from '@latchkey/core/public';
import { ConfirmationDialog } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  connector: {
    id: 'connectorsUi.revocation.connector',
    defaultMessage: 'End all authorizations of {name}?',
  },
  user: {
    id: 'connectorsUi.revocation.user',
    defaultMessage: 'End all authorizations of the user {name}?',
  },
  all: {
    id: 'connectorsUi.revocation.all',
    defaultMessage: 'End the authorizations of all users?',
  },
  counting: { id: 'connectorsUi.revocation.counting', defaultMessage: 'Counting…' },
  count: {
    id: 'connectorsUi.revocation.count',
    defaultMessage:
      '{count, plural, =0 {There is no authorization to end.} one {# authorization ends.} other {# authorizations end.}}',
  },
  text: {
    id: 'connectorsUi.revocation.text',
    defaultMessage:
      'The users have to connect again before workflows and programs can act for them. Each authorization is revoked at its provider, in the background. This cannot be undone.',
  },
  allSpaces: {
    id: 'connectorsUi.revocation.allSpaces',
    defaultMessage: 'This concerns all spaces.',
  },
  confirm: { id: 'connectorsUi.revocation.confirm', defaultMessage: 'End authorizations' },
  failed: {
    id: 'connectorsUi.revocation.failed',
    defaultMessage: 'The authorizations were not ended',
  },
});

/** Title of the message when authorizations could not be ended. */
export const notEnded = messages.failed;

/** Properties of {@link RevocationDialog}. */
export interface RevocationDialogProps {
  readonly scope: 'connector' | 'user' | 'all';
  /** Name of the connector or user. */
  readonly name: string;
  /**
   * Number of authorizations that would end, from a dry run. `undefined`: they are being counted.
   */
  readonly count: number | undefined;
  readonly isStarting: boolean;
  /** Failure to count the authorizations or to start the job. `undefined`: none. */
  readonly failure: Failure | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Dialog that asks before a job ends many authorizations. */
export function RevocationDialog(props: RevocationDialogProps): ReactElement {
  const { scope, name, count, failure } = props;
  const { formatMessage } = useIntl();
  const isNothing = count === 0;
  return (
    <ConfirmationDialog
      // A new key, so that the focus moves to the only button.
      key={isNothing ? 'nothing' : 'question'}
      title={formatMessage(messages[scope], { name: <bdi>{name}</bdi> })}
      action={
        isNothing
          ? undefined
          : {
              label: formatMessage(messages.confirm),
              color: 'danger',
              isDisabled: count === undefined,
              run: props.onConfirm,
            }
      }
      isBusy={props.isStarting}
      failure={failure}
      onClose={props.onClose}
    >
      <p aria-live="polite">
        {count === undefined ? (
          formatMessage(messages.counting)
        ) : (
          <strong>{formatMessage(messages.count, { count })}</strong>
        )}{' '}
        {scope === 'connector' ? null : formatMessage(messages.allSpaces)}
      </p>
      {!isNothing && <p>{formatMessage(messages.text)}</p>}
    </ConfirmationDialog>
  );
}
