import type { StepError } from '../failures/step_failure.ts';

/** A loop iteration, branch, repetition or fallback in which a step ran. */
export interface ScopeFrame {
  /** Name of the step that opens the scope. */
  readonly step: string;
  readonly kind: 'iteration' | 'branch' | 'attempt' | 'fallback';
  /** From 0. */
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
}

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
  /** Undefined: nothing was recorded under the key. */
  find(key: string): RunRecord | undefined;
  /** Adds a record. It may be lost in a crash until {@link commit} resolves. Keys are unique. */
  add(record: RunRecord): void;
  /**
   * Stores all added records.
   * @throws Error if another process runs this run now
   */
  commit(): Promise<void>;
}

/** A journal in memory, for runs that are not stored. */
export class MemoryJournal implements RunJournal {
  readonly #records = new Map<string, RunRecord>();

  /** @param records of an earlier execution of the run */
  constructor(records: Iterable<RunRecord> = []) {
    for (const record of records) this.#records.set(record.key, record);
  }

  /** All records in the order of their addition. */
  get records(): readonly RunRecord[] {
    return [...this.#records.values()];
  }

  find(key: string): RunRecord | undefined {
    return this.#records.get(key);
  }

  add(record: RunRecord): void {
    this.#records.set(record.key, record);
  }

  async commit(): Promise<void> {}
}
