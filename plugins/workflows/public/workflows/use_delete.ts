import { changeFailure, defineMessages, type Failure, useCore } from '@latchkey/core/public';
import { useDialogResult } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import { deleteWorkflows } from '../../common/index.ts';
import { codeText, failureText } from '../failure_text.ts';
import { type ListedWorkflow, workflowKeys } from '../workflow_data/index.ts';
import type { DeleteDialogProps, DeletePhase } from './delete_dialog.tsx';

const messages = defineMessages({
  deletedOne: { id: 'workflows.delete.deletedOne', defaultMessage: '{name} was deleted' },
  deletedMany: {
    id: 'workflows.delete.deletedMany',
    defaultMessage: '{count, plural, one {# workflow was} other {# workflows were}} deleted',
  },
  failed: { id: 'workflows.delete.failed', defaultMessage: '{name} was not deleted' },
  failedMany: {
    id: 'workflows.delete.failedMany',
    defaultMessage: '{count, plural, one {# workflow was} other {# workflows were}} not deleted',
  },
});

/** State of a deletion of workflows, from the dialog that asks to the message about the result. */
export function useDelete(onDeleted: () => void): {
  readonly ask: (workflows: readonly ListedWorkflow[]) => void;
  /** Properties of the dialog. `undefined`: the dialog is closed. */
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
  const finish = async (deleted: number) => {
    if (deleted > 0) onDeleted();
    await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
  };
  const confirm = async () => {
    const dialog = opened.begin();
    const fail = (rest: readonly ListedWorkflow[], failure: Failure) =>
      dialog.show({
        inDialog: () => {
          setWorkflows(rest);
          setPhase({ status: 'failed', failure });
        },
        toast: { ...failure, color: 'danger' },
      });
    setPhase({ status: 'deleting' });
    try {
      const { failures } = await http.call(deleteWorkflows, {
        body: { ids: workflows.map(({ id }) => id) },
      });
      // Workflows that are not found count as deleted: another user has deleted them.
      const refused = new Map(
        failures.flatMap(({ id, code }) => (code === 'workflow_not_found' ? [] : [[id, code]])),
      );
      const rest = workflows.filter(({ id }) => refused.has(id));
      await finish(workflows.length - rest.length);
      if (rest.length > 0) {
        const [code] = refused.values();
        fail(rest, { title: titleOf(rest), text: codeText(intl, code ?? '') });
        return;
      }
    } catch (error) {
      await finish(0);
      const failure = { title: titleOf(workflows), text: failureText(intl, error) };
      fail(workflows, changeFailure(intl, error, failure));
      return;
    }
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
  const titleOf = (rest: readonly ListedWorkflow[]) =>
    rest.length === 1
      ? formatMessage(messages.failed, { name: rest[0]?.name })
      : formatMessage(messages.failedMany, { count: rest.length });
  return {
    ask,
    dialog:
      workflows.length === 0
        ? undefined
        : { workflows, phase, onConfirm: () => void confirm(), onClose: close },
  };
}
