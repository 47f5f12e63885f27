import type { TestedStep } from './tested_step.ts';

/** Facts that do not change during a run. Templates can read them. */
export interface RunFacts {
  readonly runId: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Payload of the trigger, `event` in templates. */
  readonly event: Readonly<Record<string, unknown>>;
  /**
   * Members of `execution` in templates: id, isTestRun, startedAt, url, executedBy, triggeredBy.
   */
  readonly execution: Readonly<Record<string, unknown>>;
  /** Members of `workflow` in templates: id, name, enabled, spaceId. */
  readonly workflow: Readonly<Record<string, unknown>>;
  /** Members of `parent` in templates. Absent: no other workflow has started this run. */
  readonly parent?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly kibanaUrl?: string;
  /** `true`: calls are not sent, so their outputs are unknown. Default: false. */
  readonly isDryRun?: boolean;
  /** The only step that is executed. Absent: all steps of the workflow are. */
  readonly tested?: TestedStep;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
