import { ConditionError, TemplateError } from '@latchkey/workflow-language';

/** Error of a step, as `steps.<name>.error` and the API show it. Contains no secret. */
export interface StepError {
  /** Kind of the error, such as `ConnectorExecutionError`. */
  readonly type: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown when a step fails. The `on-failure` of the step decides what happens then. */
export class StepFailure extends Error {
  readonly error: StepError;
  /** Name of the step that failed first. Absent: not known yet. */
  stepName: string | undefined;
  /** Instant before which a retry is useless, in milliseconds since 1970. Absent: unknown. */
  retryAt: number | undefined;
  /** Output that the step has although it failed. `undefined`: none. */
  output: unknown;

  constructor(type: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = 'StepFailure';
    this.error = { type, message, ...(details === undefined ? {} : { details }) };
  }

  /** Sets the name of the failed step, unless a step inside it has failed first. */
  of(stepName: string): this {
    this.stepName ??= stepName;
    return this;
  }
}

/**
 * Converts errors of templates and conditions to a StepFailure. Other errors are returned
 * unchanged.
 */
export function failureOf(error: unknown): unknown {
  if (error instanceof ConditionError) return new StepFailure('InvalidCondition', error.message);
  if (!(error instanceof TemplateError)) return error;
  const type = error.kind === 'size' ? 'TemplateSizeLimitExceeded' : 'TemplateError';
  return new StepFailure(type, error.message);
}
