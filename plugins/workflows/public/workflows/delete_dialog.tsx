import { defineMessages, type Failure } from '@latchkey/core/public';
import { ConfirmationDialog, DeletedNames } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { ListedWorkflow } from '../workflow_data/index.ts';

const messages = defineMessages({
  titleOne: { id: 'workflows.delete.titleOne', defaultMessage: 'Delete {name}?' },
  titleMany: {
    id: 'workflows.delete.titleMany',
    defaultMessage: 'Delete {count, plural, one {# workflow} other {# workflows}}?',
  },
  final: {
    id: 'workflows.delete.final',
    defaultMessage:
      '{count, plural, one {The workflow is} other {The workflows are}} removed. Workflows and programs that run {count, plural, one {it} other {them}} fail from now on. This cannot be undone.',
  },
  schedule: {
    id: 'workflows.delete.schedule',
    defaultMessage:
      '{count, plural, one {The schedule of # workflow stops} other {The schedules of # workflows stop}}.',
  },
  runs: {
    id: 'workflows.delete.runs',
    defaultMessage: 'Runs in progress continue, and the history of runs is kept.',
  },
  confirm: {
    id: 'workflows.delete.confirm',
    defaultMessage: 'Delete {count, plural, one {workflow} other {# workflows}}',
  },
});

/** Progress of a deletion. */
export type DeletePhase =
  | { readonly status: 'asking' }
  | { readonly status: 'deleting' }
  | { readonly status: 'failed'; readonly failure: Failure };

/** Properties of {@link DeleteDialog}. */
export interface DeleteDialogProps {
  readonly workflows: readonly ListedWorkflow[];
  readonly phase: DeletePhase;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Dialog that asks before workflows are deleted, and names the schedules that stop. */
export function DeleteDialog(props: DeleteDialogProps): ReactElement {
  const { workflows, phase, onConfirm, onClose } = props;
  const { formatMessage } = useIntl();
  const count = workflows.length;
  const schedules = workflows.filter(({ nextRunAt }) => nextRunAt !== undefined).length;
  return (
    <ConfirmationDialog
      title={
        count === 1
          ? formatMessage(messages.titleOne, { name: <bdi>{workflows[0]?.name}</bdi> })
          : formatMessage(messages.titleMany, { count })
      }
      action={{
        label: formatMessage(messages.confirm, { count }),
        color: 'danger',
        run: onConfirm,
      }}
      isBusy={phase.status === 'deleting'}
      failure={phase.status === 'failed' ? phase.failure : undefined}
      onClose={onClose}
    >
      {count > 1 ? <DeletedNames entries={workflows} /> : null}
      <p>{formatMessage(messages.final, { count })}</p>
      {schedules > 0 ? <p>{formatMessage(messages.schedule, { count: schedules })}</p> : null}
      <p>{formatMessage(messages.runs)}</p>
    </ConfirmationDialog>
  );
}
