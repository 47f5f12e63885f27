import type { StepError } from '../failures/step_failure.ts';

/** A scope in which a step was executed: a loop iteration, branch, repetition, fallback or case. */
export interface ScopeFrame {
  /** Name of the step that opens the scope. */
  readonly step: string;
  /** Kind of the scope. `then` and `else` belong to `if`, `case` and `default` to `switch`. */
  readonly kind:
    | 'iteration'
    | 'branch'
    | 'attempt'
    | 'fallback'
    | 'then'
    | 'else'
    | 'case'
    | 'default';
  /** Index from 0. It is always 0 for kinds that occur only once in a step. */
  readonly index: number;
}

/** Durations of the parts of a call, in milliseconds. */
export interface CallTimings {
  /** Until the user of the run had a free slot. */
  readonly waitedMs: number;
  /** Reading or refreshing tokens. */
  readonly tokenMs: number;
  /** From the requests to the ends of the responses of the service. */
  readonly upstreamMs: number;
  /** The rest. */
  readonly overheadMs: number;
}

/** How a step ended. */
export type StepStatus = 'completed' | 'failed' | 'skipped';

/** The end of one execution of a step. A step with such a record is not executed again. */
export interface StepRecord {
  readonly kind: 'step';
  /** Identifies the execution in its run: the scopes around the step, and its name. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly scopes: readonly ScopeFrame[];
  readonly status: StepStatus;
  /** ISO instant. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Rendered input. Absent: the step has none, or failed before it was rendered. */
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: StepError;
  /** Of the last call of the step. Absent: it called nothing, or nothing was measured. */
  readonly timings?: CallTimings;
  /**
   * Name of the inner step whose failure, or of the outer step whose time limit, made this step
   * fail. Absent: the step failed by itself or not at all.
   */
  readonly failedStep?: string;
}

/** An enclosing step, such as a loop, branch or condition, that has begun and not ended. */
export type OpenStep = Pick<StepRecord, 'key' | 'name' | 'type' | 'scopes' | 'startedAt'>;

/** A value that a run has computed and must not compute again, such as a condition. */
export interface ValueRecord {
  readonly kind: 'value';
  readonly key: string;
  readonly value: unknown;
  /**
   * Failure of the computation. A continued run throws it again. Absent: the computation succeeded.
   */
  readonly error?: StepError;
}

/** One fact about the past of a run. */
export type RunRecord = StepRecord | ValueRecord;

/**
 * Records of one run. They decide what a continued run does: it executes the same program again,
 * and uses each recorded value and result instead of computing it.
 */
export interface RunJournal {
  /** Records of earlier executions of the run, which count for its limits. Absent: none. */
  readonly earlier?: readonly RunRecord[];
  /** Returns the record under a key. `undefined`: nothing was recorded. */
  find(key: string): RunRecord | undefined;
  /** Adds a record. Its key must be new. Until {@link commit} resolves, a crash may lose it. */
  add(record: RunRecord): void;
  /**
   * Tells the journal that an enclosing step begins. This is not recorded, because each
   * execution of the run tells it again. Absent: the journal does not need it.
   */
  begin?(step: OpenStep): void;
  /**
   * Stores all added records.
   * @throws Error if another process executes this run now
   */
  commit(): Promise<void>;
}

/** A journal in memory, for runs that are not stored. */
export class MemoryJournal implements RunJournal {
  readonly #records = new Map<string, RunRecord>();
  readonly #open = new Map<string, OpenStep>();

  /**
   * @param records records of an earlier execution of the run
   * @param open steps of that execution that had begun and not ended
   */
  constructor(records: Iterable<RunRecord> = [], open: Iterable<OpenStep> = []) {
    for (const record of records) this.#records.set(record.key, record);
    for (const step of open) this.begin(step);
  }

  /** All records, in the order in which they were added. */
  get records(): readonly RunRecord[] {
    return [...this.#records.values()];
  }

  /** Enclosing steps that have begun and not ended, the outermost first. */
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
