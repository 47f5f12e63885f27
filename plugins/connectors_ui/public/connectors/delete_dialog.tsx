import { defineMessages } from '@latchkey/core/public';
import {
  ConfirmationDialog,
  DeletedNames,
  DeletionProgress,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { UseNames, UsesUnread } from '../authorization_views/index.ts';
import type { UsesState } from '../connector_uses/index.ts';
import type { DeletePhase } from './delete_phase.ts';

const messages = defineMessages({
  titleOne: { id: 'connectorsUi.delete.titleOne', defaultMessage: 'Delete {name}?' },
  titleMany: {
    id: 'connectorsUi.delete.titleMany',
    defaultMessage: 'Delete {count, plural, one {# connector} other {# connectors}}?',
  },
  removed: {
    id: 'connectorsUi.delete.removed',
    defaultMessage:
      'The settings and stored credentials are removed. Workflows, schedules and programs that use {count, plural, one {the connector} other {these connectors}} stop working. This cannot be undone.',
  },
  workflows: {
    id: 'connectorsUi.delete.workflows',
    defaultMessage:
      '{count, plural, one {# workflow of this space is among them:} other {# workflows of this space are among them:}}',
  },
  users: {
    id: 'connectorsUi.delete.users',
    defaultMessage:
      '{count, plural, one {# user is disconnected. The authorization is} other {# users are disconnected. Their authorizations are}} also revoked at the provider.',
  },
  counting: {
    id: 'connectorsUi.delete.counting',
    defaultMessage: 'Counting connected users…',
  },
  noUsers: {
    id: 'connectorsUi.delete.noUsers',
    defaultMessage: 'No user is connected.',
  },
  usersUnknown: {
    id: 'connectorsUi.delete.usersUnknown',
    defaultMessage: 'All connected users are disconnected. Their number could not be read.',
  },
  confirm: {
    id: 'connectorsUi.delete.confirm',
    defaultMessage: 'Delete {count, plural, one {connector} other {# connectors}}',
  },
  confirmForce: { id: 'connectorsUi.delete.confirmForce', defaultMessage: 'Delete anyway' },
});

/** Properties of {@link DeleteDialog}. */
export interface DeleteDialogProps {
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
  /**
   * Number of users who will be disconnected. `undefined`: it is being counted. `unknown`: it could
   * not be read.
   */
  readonly users: number | 'unknown' | undefined;
  /** Workflows of the space that use the connectors. */
  readonly uses: UsesState;
  readonly phase: DeletePhase;
  readonly onConfirm: (options: { readonly force: boolean }) => void;
  readonly onClose: () => void;
}

/** Dialog that asks before connectors are deleted, and says what is lost. */
export function DeleteDialog(props: DeleteDialogProps): ReactElement {
  const { connectors, users, uses, phase, onConfirm, onClose } = props;
  const { formatMessage } = useIntl();
  const { known, failure } = uses;
  const count = connectors.length;
  const needsForce = phase.status === 'failed' && phase.needsForce;
  return (
    <ConfirmationDialog
      title={
        count === 1
          ? formatMessage(messages.titleOne, { name: <bdi>{connectors[0]?.name}</bdi> })
          : formatMessage(messages.titleMany, { count })
      }
      action={{
        label: formatMessage(needsForce ? messages.confirmForce : messages.confirm, { count }),
        color: 'danger',
        isDisabled: users === undefined,
        run: () => onConfirm({ force: needsForce }),
      }}
      isBusy={phase.status === 'deleting'}
      failure={phase.status === 'failed' ? phase.failure : undefined}
      onClose={onClose}
    >
      {count > 1 ? <DeletedNames entries={connectors} /> : null}
      <p>{formatMessage(messages.removed, { count })}</p>
      {known === undefined || known.total === 0 ? null : (
        <>
          <p>{formatMessage(messages.workflows, { count: known.total })}</p>
          <UseNames uses={known} />
        </>
      )}
      <UsesUnread count={count} failure={failure} />
      <p aria-live="polite">{usersText()}</p>
      {phase.status === 'deleting' && count > 1 ? (
        <DeletionProgress done={phase.done} count={count} />
      ) : null}
    </ConfirmationDialog>
  );

  function usersText(): string {
    if (users === undefined) return formatMessage(messages.counting);
    if (users === 'unknown') return formatMessage(messages.usersUnknown);
    if (users === 0) return formatMessage(messages.noUsers);
    return formatMessage(messages.users, { count: users });
  }
}
