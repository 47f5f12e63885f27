import {
  defineMessages,
  type Failure,
  HttpClientError,
  hasErrorCode,
  isStaleVersion,
  randomId,
  useCore,
} from '@latchkey/core/public';
import { useSingleMutation } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { createWorkflow, getWorkflow, updateWorkflow } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { type Workflow, workflowKeys } from '../workflow_data/index.ts';

const messages = defineMessages({
  saved: { id: 'workflows.editor.saved', defaultMessage: '{name} was saved' },
  failed: { id: 'workflows.editor.failed', defaultMessage: 'The workflow was not saved' },
  earlierTitle: {
    id: 'workflows.editor.earlierTitle',
    defaultMessage: 'The workflow was created with an earlier text',
  },
  earlierText: {
    id: 'workflows.editor.earlierText',
    defaultMessage:
      'The response to your first save was lost. Your roles do not allow you to change the workflow, so your later changes are not saved. Copy your text, and ask an administrator.',
  },
});

/** An earlier request has created the workflow, and the user may not change it. */
class CreatedBeforeError extends Error {}

/** Another user has changed the workflow that an earlier request created. */
class ChangedMeanwhileError extends Error {
  readonly id: string;

  constructor(id: string) {
    super(`The workflow [${id}] was changed after it was created`);
    this.id = id;
  }
}

/** Error code of a save when the workflow was deleted. */
const DELETED = 'workflow_not_found';
/** Error code of the creation of a workflow whose id exists. */
const EXISTS = 'workflow_exists';

/** A text to save. */
interface Save {
  readonly yaml: string;
  /** `true`: a version that another user has saved is overwritten. */
  readonly overwrites: boolean;
  /** `true`: creates a new workflow, because the workflow of the editor was deleted. */
  readonly isCopy?: boolean;
}

/**
 * Saves the text of an editor.
 * @param workflow the workflow that was read or saved last; `undefined`: saving creates it
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
  /**
   * Id of a new workflow that was created by a lost request and then changed by another user.
   * `undefined`: there is none.
   */
  readonly createdId: string | undefined;
  /** `true`: another user has deleted the workflow since it was read. */
  readonly isDeleted: boolean;
} {
  const intl = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  // The browser chooses the id, so that repeating a save whose response was lost creates no second
  // workflow.
  const [newId] = useState(() => `workflow-${randomId()}`);
  /** Texts that were sent in requests to create the workflow. */
  const [sent] = useState(() => new Set<string>());
  const create = async ({ yaml, overwrites }: Save): Promise<Workflow> => {
    try {
      const created = http.call(createWorkflow, { body: { yaml, id: newId } });
      sent.add(yaml);
      return await created;
    } catch (error) {
      if (!hasErrorCode(error, EXISTS)) throw error;
      return await updateCreated({ yaml, overwrites });
    }
  };
  /** Updates the workflow that an earlier request created with the current text. */
  const updateCreated = async ({ yaml, overwrites }: Save): Promise<Workflow> => {
    const params = { id: newId };
    const stored = await http.call(getWorkflow, { params });
    if (stored.yaml === yaml) return stored;
    if (!overwrites && !sent.has(stored.yaml)) throw new ChangedMeanwhileError(newId);
    try {
      return await http.call(updateWorkflow, { params, body: { yaml, version: stored.version } });
    } catch (error) {
      const isForbidden = error instanceof HttpClientError && error.status === 403;
      throw isForbidden ? new CreatedBeforeError('', { cause: error }) : error;
    }
  };
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: (one: Save) =>
      workflow === undefined || one.isCopy === true
        ? create(one)
        : http.call(updateWorkflow, {
            params: { id: workflow.id },
            body: { yaml: one.yaml, ...(one.overwrites ? {} : { version: workflow.version }) },
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
  const createdId = error instanceof ChangedMeanwhileError ? error.id : undefined;
  const isConflict = isStaleVersion(error) || createdId !== undefined;
  const failureIn = (failed: Error): Failure =>
    failed instanceof CreatedBeforeError
      ? {
          title: intl.formatMessage(messages.earlierTitle),
          text: intl.formatMessage(messages.earlierText),
        }
      : failureOf(intl, messages.failed)(failed);
  return {
    save: mutate,
    isSaving: isPending,
    failure: error === null || isConflict ? undefined : failureIn(error),
    isConflict,
    createdId,
    isDeleted: hasErrorCode(error, DELETED),
  };
}
