/** Why a running task is told to end. */
export type TaskAbortedCode = 'timeout' | 'shutdown' | 'claim_lost';

/** Reason of the abort signal a task sees. */
export class TaskAborted extends Error {
  override readonly name = 'TaskAborted';
  readonly code: TaskAbortedCode;

  constructor(code: TaskAbortedCode) {
    super(`the task was aborted: ${code.replace('_', ' ')}`);
    this.code = code;
  }
}
