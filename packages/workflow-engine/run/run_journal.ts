import type { StepError } from '../failures/step_failure.ts';

/** A loop iteration, branch, repetition, fallback or case in which a step ran. */
export interface ScopeFrame {
  /** Name of the step that opens the scope. */
  readonly step: string;
  /** `then` and `else` are of `if`, `case` and `default` of `switch`. */
  readonly kind:
    | 'iteration'
    | 'branch'
    | 'attempt'
    | 'fallback'
    | 'then'
    | 'else'
    | 'case'
    | 'default';
  /** From 0. Always 0 for kinds of which a step has one. */
  readonly index: number;
}

/** How a step ended. */
export type StepStatus = 'completed' | 'failed' | 'skipped';

/** The end of one execution of a step. It never runs again. */
export interface StepRecord {
  readonly kind: 'step';
  /** Identifies the execution in its run: the scopes and the name of the step. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly scopes: readonly ScopeFrame[];
  readonly status: StepStatus;
  /** ISO instants. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Absent: the step has none, or did not get so far. */
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: StepError;
  /** Name of the step with whose failure or time limit this one failed. Absent: it did itself. */
  readonly failedStep?: string;
}

/** A step that has begun and not ended: a loop, a branch or a condition around other steps. */
export type OpenStep = Pick<StepRecord, 'key' | 'name' | 'type' | 'scopes' | 'startedAt'>;

/** A value that a run has computed and must not compute again, such as a condition. */
export interface ValueRecord {
  readonly kind: 'value';
  readonly key: string;
  readonly value: unknown;
  /** Set if the computation failed, which a continued run repeats. */
  readonly error?: StepError;
}

/** One fact about the past of a run. */
export type RunRecord = StepRecord | ValueRecord;

/**
 * Records of one run. They decide what a continued run does: it executes the same program again,
 * and takes each recorded value and result instead of computing it.
 */
export interface RunJournal {
  /** Records of earlier executions, which count for the limits of the run. Absent: none. */
  readonly earlier?: readonly RunRecord[];
  /** Returns the record under a key. Undefined: nothing was recorded. */
  find(key: string): RunRecord | undefined;
  /** Adds a record. It may be lost in a crash until {@link commit} resolves. Keys are unique. */
  add(record: RunRecord): void;
  /**
   * Notes that a step runs around others. Each execution of the run notes it again, so that it is
   * no record. Absent: nobody reads it.
   */
  begin?(step: OpenStep): void;
  /**
   * Stores all added records.
   * @throws Error if another process runs this run now
   */
  commit(): Promise<void>;
}

/** A journal in memory, for runs that are not stored. */
export class MemoryJournal implements RunJournal {
  readonly #records = new Map<string, RunRecord>();
  readonly #open = new Map<string, OpenStep>();

  /**
   * @param records of an earlier execution of the run
   * @param open its steps that had begun and not ended
   */
  constructor(records: Iterable<RunRecord> = [], open: Iterable<OpenStep> = []) {
    for (const record of records) this.#records.set(record.key, record);
    for (const step of open) this.begin(step);
  }

  /** All records in the order of their addition. */
  get records(): readonly RunRecord[] {
    return [...this.#records.values()];
  }

  /** Steps that have begun and not ended, the outer ones first. */
  get open(): readonly OpenStep[] {
    return [...this.#open.values()];
  }

  find(key: string): RunRecord | undefined {
    return this.#records.get(key);
  }

  add(record: RunRecord): void {
    this.#records.set(record.key, record);
    this.#open.delete(record.key);
  }

  begin(step: OpenStep): void {
    if (!this.#records.has(step.key)) this.#open.set(step.key, step);
  }

  async commit(): Promise<void> {}
}
