/** Reason why a task cannot be scheduled. */
export type TaskScheduleErrorCode = 'invalid_rrule' | 'rrule_never_occurs';

/** Thrown for a schedule that cannot be used. `message` names the reason. */
export class TaskScheduleError extends Error {
  override readonly name = 'TaskScheduleError';
  readonly code: TaskScheduleErrorCode;

  constructor(code: TaskScheduleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
