import type { WorkflowProgram } from '@latchkey/workflow-language';
import { StepsWait } from '../run/interruptions.ts';
import { belongsTo, isProgressAround, startedStep } from '../run/record_keys.ts';
import type { RunFacts } from '../run/run_facts.ts';
import type { RunJournal, RunRecord } from '../run/run_journal.ts';
import type { RunPorts } from '../run/run_ports.ts';
import { WorkflowRun } from '../run/workflow_run.ts';

/** Matches the key of the record that announces a call. */
const INTENT = /\?sent\[\d+\]$/;

/** The parts of an ended run that its retry needs. */
export interface EndedRun {
  readonly facts: RunFacts;
  readonly records: readonly RunRecord[];
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** Where a retry begins. */
export interface RetryPoint {
  /**
   * Keys of the steps that are executed again first. Empty: the retry begins where the run ended.
   */
  readonly from: readonly string[];
  /** Functions that compute values for which there is no record. */
  readonly ports: Pick<RunPorts, 'patterns' | 'templates'>;
}

/**
 * Finds the records that a retry reuses: those of all steps that ended before the first repeated
 * step, and the decisions that led there. To find them, the program is executed with the records
 * until something is not recorded; no service is called.
 * @param program program of the retry. It may differ from the program of the run after the first
 *   repeated step
 * @returns `undefined`: with these records, the program does not reach the steps where the retry
 *   begins
 */
export async function reusableRecords(
  program: WorkflowProgram,
  { facts, records, endedAt }: EndedRun,
  { from, ports }: RetryPoint,
): Promise<readonly RunRecord[] | undefined> {
  const journal = new ReplayJournal(records, from);
  const waitAt = (stepKey: string): never => {
    throw new StepsWait([{ kind: 'time', stepKey }]);
  };
  const run = new WorkflowRun(program, facts, {
    ...ports,
    journal,
    clock: { now: () => endedAt, sleep: async () => waitAt('') },
    random: () => 0,
    call: async ({ stepKey }) => waitAt(stepKey),
    children: {
      start: async ({ key }) => waitAt(key),
      state: async () => ({ kind: 'running' }),
      cancel: async () => undefined,
    },
    log: () => undefined,
  });
  const outcome = await run.execute(new AbortController().signal);
  if (outcome.kind !== 'waiting' || !journal.hasReachedAll) return undefined;
  const open = outcome.waits.map(({ stepKey }) => stepKey);
  return records.filter(
    ({ key }) =>
      journal.isUsed(key) &&
      !isStartOfOpen(key, journal) &&
      !open.some((step) => belongsTo(key, step)) &&
      !isProgressAround(key, open),
  );
}

/**
 * Returns `true` if a key is that of the begin of an enclosing step that has not ended before the
 * retry begins.
 */
function isStartOfOpen(key: string, journal: ReplayJournal): boolean {
  const step = startedStep(key);
  return step !== undefined && !journal.isUsed(step);
}

/**
 * A journal that returns records until a repeated step asks for its own. It remembers which records
 * were read.
 */
class ReplayJournal implements RunJournal {
  readonly #records: ReadonlyMap<string, RunRecord>;
  readonly #from: readonly string[];
  readonly #reached = new Set<string>();
  readonly #used = new Set<string>();
  /** Values that were computed in the replay, because the run has no record of them. */
  readonly #computed = new Map<string, RunRecord>();

  constructor(records: readonly RunRecord[], from: readonly string[]) {
    this.#records = new Map(records.map((record) => [record.key, record]));
    this.#from = from;
  }

  isUsed(key: string): boolean {
    return this.#used.has(key);
  }

  get hasReachedAll(): boolean {
    return this.#from.every((step) => this.#reached.has(step));
  }

  find(key: string): RunRecord | undefined {
    const stop = this.#from.find((step) => belongsTo(key, step));
    if (stop !== undefined) {
      this.#reached.add(stop);
      throw new StepsWait([{ kind: 'time', stepKey: stop }]);
    }
    // The announcement of a call is hidden: only a step without a result asks for it, and its call
    // is repeated.
    const record = INTENT.test(key) ? undefined : this.#records.get(key);
    if (record === undefined) return this.#computed.get(key);
    this.#used.add(key);
    return record;
  }

  add(record: RunRecord): void {
    this.#computed.set(record.key, record);
  }

  async commit(): Promise<void> {}
}
