import type { JsonSchema } from '../schema/json_schema.ts';

/** Keys of many step types. `name`, `type` and `max-step-size` are allowed on every step. */
export type CommonKey =
  | 'if'
  | 'foreach'
  | 'timeout'
  | 'on-failure'
  | 'on-interrupted'
  | 'connector-id';

/**
 * How a step behaves in a run:
 * - `flow`: decides which steps run next.
 * - `pause`: waits without using memory.
 * - `pure`: computes from the context; may run again after a crash.
 * - `call`: calls a service.
 */
export type StepBehavior = 'flow' | 'pause' | 'pure' | 'call';

/** One type of step: its keys, the schemas of its input and output. */
export interface StepType {
  /** Value of `type`, such as `data.set` or `google_drive.searchFiles`. */
  readonly type: string;
  readonly title: string;
  /** The effect of the step, for the author of a workflow. */
  readonly description: string;
  readonly behavior: StepBehavior;
  /** Effect of a call on the data of its service; absent for steps that call nothing. */
  readonly effect?: 'read' | 'write' | 'destroy';
  /** Schema of the keys that only this step type has. `common` lists the common keys it allows. */
  readonly keys: JsonSchema;
  readonly common: readonly CommonKey[];
  /** Where steps are nested, as paths; `*` stands for every member of a list. */
  readonly nested: readonly (readonly string[])[];
  /**
   * Path of the value that the step renders once for each member of a list, with `item` and
   * `index`; absent if there is none.
   */
  readonly perItem?: readonly string[];
  /** Schema of the output; absent if nothing is known about it. */
  readonly output?: JsonSchema;
  /** Id of the connector type whose connectors `connector-id` may name, such as `.google_drive`. */
  readonly connectorTypeId?: string;
  /** Name of the action of the connector that the step executes; absent for `http`. */
  readonly action?: string;
}
