import type { RunRecord, StepRecord } from '@latchkey/workflow-engine';
import { isStep, type JournalStore, withoutValues } from '../store/journal_store.ts';
import type { StoredRun } from '../store/run_store.ts';
import type { JournalAttributes } from '../store/run_types.ts';
import {
  activeSteps,
  type EndedStep,
  openSteps,
  StepCounter,
  type StepExecution,
} from './step_execution.ts';

/** Number of journal entries that are read in one call. */
const ENTRIES_PER_READ = 20;
/** Maximum characters of JSON of all inputs and outputs in one response. */
const MAX_VALUES_LENGTH = 8_000_000;
const NO_VALUES: StepValues = { input: false, output: false };

/** Which values of its steps a page contains. */
export interface StepValues {
  readonly input: boolean;
  readonly output: boolean;
}

/**
 * Characters of inputs and outputs that one response may still contain. All pages of the response
 * share it.
 */
interface ValuesBudget {
  /** Remaining characters of JSON. */
  left: number;
}

/** Creates a budget with {@link MAX_VALUES_LENGTH} characters. */
export function aValuesBudget(): ValuesBudget {
  return { left: MAX_VALUES_LENGTH };
}

/** A page of the steps of a run, in the order of their ends. */
export interface StepPage {
  readonly steps: readonly EndedStep[];
  /** Number of all ended steps. */
  readonly total: number;
  /**
   * Steps that have not ended: first the enclosing steps, which are still open or ended with
   * the run; then steps that wait and calls that take long.
   */
  readonly open: readonly StepExecution[];
}

/**
 * Reads ended steps of runs by pages. The entries of a journal carry the number of steps up to
 * them, so a page is found without reading the entries before it.
 */
export class StepReader {
  readonly #journal: JournalStore;

  constructor(journal: JournalStore) {
    this.#journal = journal;
  }

  /**
   * Reads one page. The step that exceeds the budget and all steps after it are returned without
   * values.
   * @param range `from` counts from 0; `name`: only steps with this name, from the whole run;
   *   `order`: `desc` counts from the last step, which is then the first of the page. Steps have a
   *   position if `from` is 0 and the order is `asc`.
   * @throws Error when a part of the journal was deleted meanwhile
   */
  async page(
    run: StoredRun,
    range: {
      readonly from: number;
      readonly size: number;
      readonly name?: string | undefined;
      readonly order?: 'asc' | 'desc' | undefined;
    },
    { budget = aValuesBudget(), ...values }: StepValues & { readonly budget?: ValuesBudget },
  ): Promise<StepPage> {
    const { name, order = 'asc' } = range;
    const last = await this.#last(run);
    const tail = tailOf(run);
    const stored = last.entry?.steps ?? 0;
    const total = stored + tail.length;
    const { from, size } = order === 'asc' ? range : fromEnd(range, total);
    const steps: EndedStep[] = [];
    const counter = range.from === 0 && order === 'asc' ? new StepCounter() : undefined;
    const ended = new Set(last.entry === undefined ? [] : stepsOf(last.entry.records).map(keyOf));
    let skipped = from;
    const add = (each: StepRecord): void => {
      ended.add(each.key);
      const counted = counter?.add(each) ?? each;
      if (skipped > 0) {
        skipped -= 1;
        return;
      }
      if (steps.length >= size || (name !== undefined && each.name !== name)) return;
      steps.push(within(budget, counted, values));
    };
    if (from < stored) {
      const first = await this.#firstAfter(run, from, last.seq);
      skipped = from - (first.entry.steps - stepsIn(first.entry));
      for await (const entry of this.#entries(run, first.seq, last.seq)) {
        if (steps.length >= size) break;
        const loaded = budget.left > 0 ? values : NO_VALUES;
        for (const step of await this.#stepsOf(run, entry, loaded)) add(step);
      }
    } else skipped = from - stored;
    for (const step of tail) add(step);
    const open = [...openSteps(run, last.entry, tail), ...activeSteps(run, ended)];
    return { steps: order === 'asc' ? steps : steps.reverse(), total, open };
  }

  /** Finds one step with its input and output. `undefined`: no ended or open step has the key. */
  async find(run: StoredRun, key: string): Promise<StepExecution | undefined> {
    const last = await this.#last(run);
    const ended = await this.#endedIn(run, key, last.seq);
    if (ended !== undefined) return ended;
    // No entry has the end of the step.
    const open = [...openSteps(run, last.entry, tailOf(run)), ...activeSteps(run, new Set())];
    return open.find((step) => step.key === key);
  }

  /** As {@link find}. Undefined: the step has not ended. */
  async findEnded(run: StoredRun, key: string): Promise<EndedStep | undefined> {
    const { seq } = await this.#last(run);
    return this.#endedIn(run, key, seq);
  }

  async #endedIn(run: StoredRun, key: string, seq: number): Promise<EndedStep | undefined> {
    const counter = new StepCounter();
    const countedUntilKey = (steps: readonly StepRecord[]): EndedStep | undefined => {
      for (const step of steps) {
        const counted = counter.add(step);
        if (step.key === key) return counted;
      }
      return undefined;
    };
    for await (const entry of this.#entries(run, 1, seq)) {
      const counted = countedUntilKey(stepsOf(entry.records));
      if (counted === undefined) continue;
      const steps = await this.#journal.stepsOf(run, entry);
      const complete = steps.find((step) => step.key === key);
      return complete === undefined ? undefined : { ...counted, ...complete };
    }
    return countedUntilKey(tailOf(run));
  }

  #stepsOf(
    run: StoredRun,
    entry: JournalAttributes,
    { input, output }: StepValues,
  ): Promise<readonly StepRecord[]> | readonly StepRecord[] {
    return input || output ? this.#journal.stepsOf(run, entry) : stepsOf(entry.records);
  }

  async *#entries(run: StoredRun, from: number, to: number): AsyncGenerator<JournalAttributes> {
    for (let seq = from; seq <= to; seq += ENTRIES_PER_READ)
      yield* await this.#journal.readEntries(run, {
        from: seq,
        to: Math.min(seq + ENTRIES_PER_READ - 1, to),
      });
  }

  /** The last journal entry. The document of a run in execution may name an earlier one. */
  async #last(
    run: StoredRun,
  ): Promise<{ readonly seq: number; readonly entry: JournalAttributes | undefined }> {
    let known = run.seq;
    let entry = known === 0 ? undefined : await this.#entry(run, known);
    let step = 1;
    for (;;) {
      const next = await this.#entry(run, known + step);
      if (next !== undefined) {
        known += step;
        entry = next;
        step *= 2;
      } else if (step === 1) return { seq: known, entry };
      else step = Math.floor(step / 2);
    }
  }

  /** Finds the first entry up to which the run has more than `count` steps. */
  async #firstAfter(
    run: StoredRun,
    count: number,
    last: number,
  ): Promise<{ readonly seq: number; readonly entry: JournalAttributes }> {
    let low = 1;
    let high = last;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const entry = await this.#entry(run, middle);
      if ((entry?.steps ?? 0) > count) high = middle;
      else low = middle + 1;
    }
    const entry = await this.#entry(run, low);
    if (entry === undefined) throw new Error(`Entry ${low} of run [${run.id}] was deleted.`);
    return { seq: low, entry };
  }

  async #entry(run: StoredRun, seq: number): Promise<JournalAttributes | undefined> {
    const [entry] = await this.#journal.readEntries(run, { from: seq, to: seq });
    return entry;
  }
}

function stepsOf(records: readonly unknown[]): readonly StepRecord[] {
  // The engine wrote these records, and the store has not changed them.
  return (records as readonly RunRecord[]).filter(isStep);
}

/** Converts a range that counts from the last of all steps to one that counts from the first. */
function fromEnd(
  { from, size }: { readonly from: number; readonly size: number },
  total: number,
): { readonly from: number; readonly size: number } {
  const end = Math.max(0, total - from);
  const start = Math.max(0, end - size);
  return { from: start, size: end - start };
}

const keyOf = ({ key }: StepRecord): string => key;

function stepsIn({ records }: JournalAttributes): number {
  return stepsOf(records).length;
}

function tailOf({ tail = [] }: StoredRun): readonly StepRecord[] {
  return stepsOf(tail);
}

/**
 * Removes the values that were not asked for from a step. The complete message of its error stays.
 */
function selected(step: EndedStep, values: StepValues): EndedStep {
  const { input, output, ...rest } = step;
  return {
    ...(values.output ? rest : withoutValues(rest)),
    ...(values.input && input !== undefined ? { input } : {}),
    ...(values.output && output !== undefined ? { output } : {}),
  };
}

/**
 * The step with the values that were asked for, if the budget suffices; otherwise without values.
 */
function within(budget: ValuesBudget, step: EndedStep, values: StepValues): EndedStep {
  if (!values.input && !values.output) return selected(step, values);
  const complete = budget.left > 0 ? selected(step, values) : undefined;
  const length = complete === undefined ? 0 : JSON.stringify(complete).length;
  if (complete === undefined || length > budget.left) {
    budget.left = 0;
    return withoutValues(step);
  }
  budget.left -= length;
  return complete;
}
