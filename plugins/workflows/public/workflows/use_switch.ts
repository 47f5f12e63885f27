import { defineMessages, useCore } from '@latchkey/core/public';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import { updateWorkflow } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { type ListedWorkflow, workflowKeys } from '../workflow_data/index.ts';

const messages = defineMessages({
  enabled: { id: 'workflows.switch.enabled', defaultMessage: '{name} is enabled' },
  disabled: { id: 'workflows.switch.disabled', defaultMessage: '{name} is disabled' },
  failed: { id: 'workflows.switch.failed', defaultMessage: '{name} was not changed' },
});

/** Enables and disables workflows. The switch is locked until the list shows the result. */
export function useSwitch(): {
  /** Ids of the workflows that are being changed. */
  readonly switching: ReadonlySet<string>;
  readonly setEnabled: (workflow: ListedWorkflow, enabled: boolean) => Promise<void>;
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
  return { switching, setEnabled };
}
