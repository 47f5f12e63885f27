import { ConditionError, TemplateError } from '@latchkey/workflow-language';

/** Error of a step, as `steps.<name>.error` and the API show it. Contains no secret. */
export interface StepError {
  /** Kind of the error, such as `ConnectorExecutionError`. */
  readonly type: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown when a step fails. It follows the `on-failure` of the step. */
export class StepFailure extends Error {
  readonly error: StepError;
  /** Name of the step that failed first. Absent: not known yet. */
  stepName: string | undefined;
  /** Instant before which a repetition is useless, in milliseconds since 1970. Absent: unknown. */
  retryAt: number | undefined;
  /** Output that the step has although it failed. */
  output: unknown;

  constructor(type: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = 'StepFailure';
    this.error = { type, message, ...(details === undefined ? {} : { details }) };
  }

  /** Names the step, unless a step inside of it has failed first. */
  of(stepName: string): this {
    this.stepName ??= stepName;
    return this;
  }
}

/** Turns errors of templates and conditions into a failure. Other errors stay as they are. */
export function failureOf(error: unknown): unknown {
  if (error instanceof ConditionError) return new StepFailure('InvalidCondition', error.message);
  if (!(error instanceof TemplateError)) return error;
  const type = error.kind === 'size' ? 'TemplateSizeLimitExceeded' : 'TemplateError';
  return new StepFailure(type, error.message);
}
