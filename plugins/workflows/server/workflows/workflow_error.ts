import type { MappedError } from '@latchkey/core/server';

/**
 * Codes of refused operations. Codes are public: new ones may be added, existing ones are never
 * renamed.
 */
export type WorkflowErrorCode =
  | 'workflow_not_found'
  | 'workflow_limit_reached'
  | 'schedule_limit_reached'
  | 'workflow_id_reserved'
  | 'workflow_exists'
  | 'workflow_not_valid'
  | 'workflow_too_complex'
  | 'workflow_disabled'
  | 'workflow_inputs_invalid'
  | 'workflow_not_editable'
  | 'export_too_large'
  | 'stale_version'
  | 'execution_not_found'
  | 'execution_not_waiting'
  | 'execution_not_ended'
  | 'retry_not_possible'
  | 'fixture_not_possible'
  | 'execution_of_other_user'
  | 'execution_of_other_key'
  | 'step_execution_not_found'
  | 'step_not_found'
  | 'too_many_yaml_checks'
  | 'too_many_searches'
  | 'too_many_active_executions'
  | 'too_many_waiting_executions';

const STATUS: Readonly<Record<WorkflowErrorCode, number>> = {
  workflow_not_found: 404,
  workflow_limit_reached: 400,
  schedule_limit_reached: 400,
  workflow_id_reserved: 400,
  workflow_exists: 409,
  workflow_not_valid: 400,
  workflow_too_complex: 400,
  workflow_disabled: 400,
  workflow_inputs_invalid: 400,
  workflow_not_editable: 400,
  export_too_large: 400,
  stale_version: 409,
  execution_not_found: 404,
  execution_not_waiting: 409,
  execution_not_ended: 409,
  retry_not_possible: 400,
  fixture_not_possible: 400,
  execution_of_other_user: 403,
  execution_of_other_key: 403,
  step_execution_not_found: 404,
  step_not_found: 404,
  too_many_yaml_checks: 429,
  too_many_searches: 429,
  too_many_active_executions: 429,
  too_many_waiting_executions: 429,
};

/** Seconds after which a client may repeat a search that was refused because too many wait. */
const RETRY_AFTER_SEARCHES = '5';

/** A refused operation on a workflow or execution. Clients see `message`. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
  readonly code: WorkflowErrorCode;
  /** Faults of the inputs. Absent: the error is not about inputs. */
  readonly issues: readonly { readonly path: string; readonly message: string }[] | undefined;

  constructor(
    code: WorkflowErrorCode,
    message: string,
    issues?: readonly { readonly path: string; readonly message: string }[],
  ) {
    super(message);
    this.code = code;
    this.issues = issues;
  }
}

/**
 * Maps a {@link WorkflowError} to a status and a public message. `undefined`: it is another error.
 */
export function mapWorkflowError(error: unknown): MappedError | undefined {
  if (!(error instanceof WorkflowError)) return undefined;
  const { code, message, issues } = error;
  return {
    statusCode: STATUS[code],
    message,
    attributes: { code, ...(issues === undefined ? {} : { issues }) },
    ...(code === 'too_many_searches' ? { headers: { 'retry-after': RETRY_AFTER_SEARCHES } } : {}),
  };
}
