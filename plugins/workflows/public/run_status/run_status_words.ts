import { defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';
import type { EXECUTION_STATUSES } from '../../common/index.ts';

/** Status of an execution. */
export type RunStatus = (typeof EXECUTION_STATUSES)[number];

const messages = defineMessages({
  pending: { id: 'workflows.runStatus.pending', defaultMessage: 'Starting' },
  queued: { id: 'workflows.runStatus.queued', defaultMessage: 'Queued' },
  running: { id: 'workflows.runStatus.running', defaultMessage: 'Running' },
  waiting: { id: 'workflows.runStatus.waiting', defaultMessage: 'Waiting' },
  waitingForInput: {
    id: 'workflows.runStatus.waitingForInput',
    defaultMessage: 'Waiting for a response',
  },
  waitingForChild: {
    id: 'workflows.runStatus.waitingForChild',
    defaultMessage: 'Waiting for another workflow',
  },
  waitingForAuthorization: {
    id: 'workflows.runStatus.waitingForAuthorization',
    defaultMessage: 'Waiting for authorization',
  },
  completed: { id: 'workflows.runStatus.completed', defaultMessage: 'Completed' },
  failed: { id: 'workflows.runStatus.failed', defaultMessage: 'Failed' },
  cancelled: { id: 'workflows.runStatus.cancelled', defaultMessage: 'Cancelled' },
  timedOut: { id: 'workflows.runStatus.timedOut', defaultMessage: 'Timed out' },
  skipped: { id: 'workflows.runStatus.skipped', defaultMessage: 'Skipped' },
});

/** Label, color and icon of a status. */
export interface RunStatusWords {
  readonly label: MessageDescriptor;
  /** Color of an EUI badge. */
  readonly color: 'default' | 'primary' | 'success' | 'warning' | 'danger';
  readonly icon: string;
}

const WORDS: Readonly<Record<RunStatus, RunStatusWords>> = {
  pending: { label: messages.pending, color: 'primary', icon: 'hourglass' },
  queued: { label: messages.queued, color: 'default', icon: 'queue' },
  running: { label: messages.running, color: 'primary', icon: 'play' },
  waiting: { label: messages.waiting, color: 'default', icon: 'clock' },
  waiting_for_input: { label: messages.waitingForInput, color: 'warning', icon: 'comment' },
  waiting_for_child: { label: messages.waitingForChild, color: 'default', icon: 'workflow' },
  waiting_for_authorization: {
    label: messages.waitingForAuthorization,
    color: 'warning',
    icon: 'key',
  },
  completed: { label: messages.completed, color: 'success', icon: 'check' },
  failed: { label: messages.failed, color: 'danger', icon: 'error' },
  cancelled: { label: messages.cancelled, color: 'default', icon: 'cross' },
  timed_out: { label: messages.timedOut, color: 'danger', icon: 'clock' },
  skipped: { label: messages.skipped, color: 'default', icon: 'minus' },
};

/** Label, color and icon of a status. */
export const runStatusWords = (status: RunStatus): RunStatusWords => WORDS[status];

const FINISHED: ReadonlySet<RunStatus> = new Set([
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'skipped',
]);

/** Returns `true` if an execution with this status has ended. */
export const isFinished = (status: RunStatus): boolean => FINISHED.has(status);
