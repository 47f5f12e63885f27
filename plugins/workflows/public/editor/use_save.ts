import {
  defineMessages,
  type Failure,
  HttpClientError,
  randomId,
  useCore,
} from '@latchkey/core/public';
import { useSingleMutation } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { createWorkflow, updateWorkflow } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { type Workflow, workflowKeys } from '../workflow_data/index.ts';

const messages = defineMessages({
  saved: { id: 'workflows.editor.saved', defaultMessage: '{name} was saved' },
  failed: { id: 'workflows.editor.failed', defaultMessage: 'The workflow was not saved' },
});

/** Code of a save that another save preceded. */
const STALE = 'stale_version';
/** Code of a save after the workflow was deleted. */
const DELETED = 'workflow_not_found';
/** Code of the creation of a workflow with a known id. */
const EXISTS = 'workflow_exists';

/** A text to save. */
interface Save {
  readonly yaml: string;
  /** Replaces also a version that another user has saved. */
  readonly overwrites: boolean;
  /** Creates a workflow, because that of the editor was deleted. */
  readonly isCopy?: boolean;
}

/**
 * Saves the text of an editor.
 * @param workflow the workflow that was read or saved last; `undefined`: it is created
 */
export function useSave(
  workflow: Workflow | undefined,
  onSaved: (saved: Workflow) => void,
): {
  readonly save: (save: Save) => void;
  readonly isSaving: boolean;
  readonly failure: Failure | undefined;
  /** `true`: another user has saved the workflow since it was read. */
  readonly isConflict: boolean;
  /** `true`: another user has deleted the workflow since it was read. */
  readonly isDeleted: boolean;
} {
  const intl = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  // Chosen here, so that a save whose response was lost creates no second workflow when repeated.
  const [newId] = useState(() => `workflow-${randomId()}`);
  const create = async (yaml: string): Promise<Workflow> => {
    try {
      return await http.call(createWorkflow, { body: { yaml, id: newId } });
    } catch (error) {
      if (codeOf(error) !== EXISTS) throw error;
      return await http.call(updateWorkflow, { params: { id: newId }, body: { yaml } });
    }
  };
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: ({ yaml, overwrites, isCopy = false }: Save) =>
      workflow === undefined || isCopy
        ? create(yaml)
        : http.call(updateWorkflow, {
            params: { id: workflow.id },
            body: { yaml, ...(overwrites ? {} : { version: workflow.version }) },
          }),
    onSuccess: async (saved) => {
      queryClient.setQueryData(workflowKeys.one(saved.id), saved);
      feedback.toast({
        title: intl.formatMessage(messages.saved, { name: saved.name }),
        color: 'success',
      });
      onSaved(saved);
      await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
    },
  });
  const isConflict = error !== null && codeOf(error) === STALE;
  return {
    save: mutate,
    isSaving: isPending,
    failure: error === null || isConflict ? undefined : failureOf(intl, messages.failed)(error),
    isConflict,
    isDeleted: error !== null && codeOf(error) === DELETED,
  };
}

const codeOf = (error: unknown): unknown =>
  error instanceof HttpClientError ? error.body?.attributes?.['code'] : undefined;
