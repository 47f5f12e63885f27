import { defineMessages } from '@latchkey/core/public';
import { type MessageDescriptor, useIntl } from 'react-intl';

const messages = defineMessages({
  manual: { id: 'workflows.trigger.manual', defaultMessage: 'Manual' },
  scheduled: { id: 'workflows.trigger.scheduled', defaultMessage: 'Schedule' },
  workflow: { id: 'workflows.trigger.workflow', defaultMessage: 'Other workflow' },
  alert: { id: 'workflows.trigger.alert', defaultMessage: 'Alert' },
  webhook: { id: 'workflows.trigger.webhook', defaultMessage: 'Webhook' },
  page: { id: 'workflows.trigger.page', defaultMessage: 'Page' },
  failed: { id: 'workflows.trigger.failed', defaultMessage: 'Failed workflow' },
});

const NAMES = new Map([
  ['manual', messages.manual],
  ['scheduled', messages.scheduled],
  ['workflow', messages.workflow],
  ['workflows.failed', messages.failed],
  ['alert', messages.alert],
  ['webhook', messages.webhook],
  ['page', messages.page],
]);

/** Notice that the scheduled runs of a workflow fail because of their user. */
export const SCHEDULED_RUNS_FAIL: MessageDescriptor = defineMessages({
  text: {
    id: 'workflows.scheduledIdentity.refused',
    defaultMessage: 'Scheduled runs of this workflow fail',
  },
}).text;

/** Trigger types that runs of this server have. A newer server may have others. */
export const RUN_TRIGGERS = ['manual', 'scheduled', 'workflow', 'workflows.failed'] as const;

/**
 * Returns a function that names a trigger type in the language of the page. Unknown types are
 * returned unchanged.
 */
export function useTriggerName(): (type: string) => string {
  const { formatMessage } = useIntl();
  return (type) => {
    const name = NAMES.get(type);
    return name === undefined ? type : formatMessage(name);
  };
}
