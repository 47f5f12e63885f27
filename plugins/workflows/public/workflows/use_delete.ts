import { defineMessages, HttpClientError, useCore } from '@latchkey/core/public';
import { useDialogResult } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import { deleteWorkflow } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { type ListedWorkflow, workflowKeys } from '../workflow_data/index.ts';
import type { DeleteDialogProps, DeletePhase } from './delete_dialog.tsx';

const messages = defineMessages({
  deletedOne: { id: 'workflows.delete.deletedOne', defaultMessage: '{name} was deleted' },
  deletedMany: {
    id: 'workflows.delete.deletedMany',
    defaultMessage: '{count, plural, one {# workflow was} other {# workflows were}} deleted',
  },
  failed: { id: 'workflows.delete.failed', defaultMessage: '{name} was not deleted' },
});

/** Deletion of workflows, from the question to the result. */
export function useDelete(onDeleted: () => void): {
  readonly ask: (workflows: readonly ListedWorkflow[]) => void;
  /** `undefined`: nothing is to be deleted. */
  readonly dialog: DeleteDialogProps | undefined;
} {
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const intl = useIntl();
  const { formatMessage } = intl;
  const [workflows, setWorkflows] = useState<readonly ListedWorkflow[]>([]);
  const [phase, setPhase] = useState<DeletePhase>({ status: 'asking' });
  const opened = useDialogResult();
  const ask = useCallback(
    (asked: readonly ListedWorkflow[]) => {
      opened.open();
      setPhase({ status: 'asking' });
      setWorkflows(asked);
    },
    [opened],
  );
  const close = () => {
    opened.close();
    setWorkflows([]);
    setPhase({ status: 'asking' });
  };
  const finish = async (deleted: ReadonlySet<string>) => {
    if (deleted.size === 0) return;
    onDeleted();
    await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
  };
  const confirm = async () => {
    const deleted = new Set<string>();
    const dialog = opened.begin();
    for (const { id, name } of workflows) {
      if (dialog.isOpen()) setPhase({ status: 'deleting', done: deleted.size });
      try {
        await http.call(deleteWorkflow, { params: { id } });
      } catch (error) {
        // Another user has already deleted it.
        const isGone = error instanceof HttpClientError && error.status === 404;
        if (!isGone) {
          await finish(deleted);
          const failure = failureOf(intl, messages.failed, { name })(error);
          dialog.show({
            inDialog: () => {
              setWorkflows(workflows.filter((workflow) => !deleted.has(workflow.id)));
              setPhase({ status: 'failed', failure });
            },
            toast: { ...failure, color: 'danger' },
          });
          return;
        }
      }
      deleted.add(id);
    }
    await finish(deleted);
    const [first] = workflows;
    feedback.toast({
      color: 'success',
      title:
        workflows.length === 1
          ? formatMessage(messages.deletedOne, { name: first?.name })
          : formatMessage(messages.deletedMany, { count: workflows.length }),
    });
    if (dialog.isOpen()) close();
  };
  return {
    ask,
    dialog:
      workflows.length === 0
        ? undefined
        : { workflows, phase, onConfirm: () => void confirm(), onClose: close },
  };
}
