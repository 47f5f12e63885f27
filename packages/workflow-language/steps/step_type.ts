import type { JsonSchema } from '../schema/json_schema.ts';

/** Keys that many step types allow. Every step also allows `name`, `type` and `max-step-size`. */
export type CommonKey =
  | 'if'
  | 'foreach'
  | 'timeout'
  | 'on-failure'
  | 'on-interrupted'
  | 'connector-id';

/**
 * Behavior of a step in a run.
 * - `flow`: decides which steps run next.
 * - `pause`: waits, while the run leaves memory.
 * - `pure`: computes from the context; may be executed again after a crash.
 * - `call`: calls a service.
 */
export type StepBehavior = 'flow' | 'pause' | 'pure' | 'call';

/** One type of step: its keys, and the schemas of its input and output. */
export interface StepType {
  /** Value of `type`, such as `data.set` or `google_drive.searchFiles`. */
  readonly type: string;
  readonly title: string;
  /** Effect of the step, described for authors of workflows. */
  readonly description: string;
  readonly behavior: StepBehavior;
  /** Effect of a call on the data of the service. Absent: the step calls no service. */
  readonly effect?: 'read' | 'write' | 'destroy';
  /** Schema of the keys that only this step type has. `common` lists the common keys it allows. */
  readonly keys: JsonSchema;
  readonly common: readonly CommonKey[];
  /** Paths below which the step contains other steps. `*` stands for every member of a list. */
  readonly nested: readonly (readonly string[])[];
  /**
   * Path of the value that the step renders once for each member of a list, with `item` and
   * `index`. Absent: there is no such value.
   */
  readonly perItem?: readonly string[];
  /** Schema of the output. Absent: nothing is known about it. */
  readonly output?: JsonSchema;
  /** Id of the connector type whose connectors `connector-id` may name, such as `.google_drive`. */
  readonly connectorTypeId?: string;
  /** Name of the connector's action that the step executes. Absent for `http`. */
  readonly action?: string;
}

/** Returns `true` if a step waits for the response of a user. */
export function isHumanStep(stepType: StepType | undefined): boolean {
  return stepType?.type === 'waitForInput' || stepType?.type === 'waitForApproval';
}
