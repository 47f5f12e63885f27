import { changeFailure, defineMessages, useCore } from '@latchkey/core/public';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import { setWorkflowsEnabled, updateWorkflow } from '../../common/index.ts';
import { codeText, failureOf, failureText } from '../failure_text.ts';
import { type ListedWorkflow, workflowKeys } from '../workflow_data/index.ts';

const messages = defineMessages({
  enabled: { id: 'workflows.switch.enabled', defaultMessage: '{name} is enabled' },
  disabled: { id: 'workflows.switch.disabled', defaultMessage: '{name} is disabled' },
  failed: { id: 'workflows.switch.failed', defaultMessage: '{name} was not changed' },
  enabledMany: {
    id: 'workflows.switch.enabledMany',
    defaultMessage: '{count, plural, one {# workflow is} other {# workflows are}} enabled',
  },
  disabledMany: {
    id: 'workflows.switch.disabledMany',
    defaultMessage: '{count, plural, one {# workflow is} other {# workflows are}} disabled',
  },
  failedMany: {
    id: 'workflows.switch.failedMany',
    defaultMessage: '{count, plural, one {# workflow was} other {# workflows were}} not changed',
  },
  reason: { id: 'workflows.switch.reason', defaultMessage: '{names}: {reason}' },
});

/** Maximum number of workflows that a message names. */
const MAX_NAMED = 5;

/**
 * Enables and disables workflows. The switch of a workflow is locked until the list shows the
 * result.
 */
export function useSwitch(): {
  /** Ids of the workflows that are being changed. */
  readonly switching: ReadonlySet<string>;
  readonly setEnabled: (workflow: ListedWorkflow, enabled: boolean) => Promise<void>;
  /**
   * Changes several workflows with one request. Workflows that already have the wanted state are
   * left out.
   */
  readonly setManyEnabled: (
    workflows: readonly ListedWorkflow[],
    enabled: boolean,
  ) => Promise<void>;
} {
  const intl = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const [switching, setSwitching] = useState<ReadonlySet<string>>(new Set());
  const setEnabled = useCallback(
    async ({ id, name }: ListedWorkflow, enabled: boolean) => {
      setSwitching((before) => new Set([...before, id]));
      try {
        await http.call(updateWorkflow, { params: { id }, body: { enabled } });
        feedback.announce(
          intl.formatMessage(enabled ? messages.enabled : messages.disabled, { name }),
        );
      } catch (error) {
        feedback.toast({ ...failureOf(intl, messages.failed, { name })(error), color: 'danger' });
      }
      await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
      setSwitching((before) => new Set([...before].filter((other) => other !== id)));
    },
    [intl, http, feedback, queryClient],
  );
  const setManyEnabled = useCallback(
    async (workflows: readonly ListedWorkflow[], enabled: boolean) => {
      const changed = workflows.filter((workflow) => workflow.enabled !== enabled);
      const ids = changed.map(({ id }) => id);
      if (ids.length === 0) return;
      setSwitching((before) => new Set([...before, ...ids]));
      const titleOf = (count: number) => intl.formatMessage(messages.failedMany, { count });
      try {
        const { failures } = await http.call(setWorkflowsEnabled, { body: { ids, enabled } });
        const count = ids.length - failures.length;
        const title = enabled ? messages.enabledMany : messages.disabledMany;
        if (count > 0)
          feedback.toast({ title: intl.formatMessage(title, { count }), color: 'success' });
        const [first] = failures;
        if (first !== undefined) {
          const refused = new Set(failures.map(({ id }) => id));
          const names = changed.filter(({ id }) => refused.has(id)).map(({ name }) => name);
          const reason = codeText(intl, first.code);
          const values = { names: intl.formatList(names.slice(0, MAX_NAMED)), reason };
          const text = intl.formatMessage(messages.reason, values);
          feedback.toast({ title: titleOf(failures.length), text, color: 'danger' });
        }
      } catch (error) {
        const failure = { title: titleOf(ids.length), text: failureText(intl, error) };
        feedback.toast({ ...changeFailure(intl, error, failure), color: 'danger' });
      }
      await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
      setSwitching((before) => new Set([...before].filter((id) => !ids.includes(id))));
    },
    [intl, http, feedback, queryClient],
  );
  return { switching, setEnabled, setManyEnabled };
}
