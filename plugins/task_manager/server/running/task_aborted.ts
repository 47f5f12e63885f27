/** Reason for aborting a running task. */
export type TaskAbortedCode = 'timeout' | 'shutdown' | 'claim_lost';

/** Reason of the abort signal that a task receives. */
export class TaskAborted extends Error {
  override readonly name = 'TaskAborted';
  readonly code: TaskAbortedCode;

  constructor(code: TaskAbortedCode) {
    super(`the task was aborted: ${code.replace('_', ' ')}`);
    this.code = code;
  }
}
