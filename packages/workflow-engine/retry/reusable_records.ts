import type { WorkflowProgram } from '@latchkey/workflow-language';
import { StepsWait } from '../run/interruptions.ts';
import { belongsTo, isProgressAround, startedStep } from '../run/record_keys.ts';
import type { RunFacts } from '../run/run_facts.ts';
import type { RunJournal, RunRecord } from '../run/run_journal.ts';
import type { RunPorts } from '../run/run_ports.ts';
import { WorkflowRun } from '../run/workflow_run.ts';

/** Key of the announcement of a call. */
const INTENT = /\?sent\[\d+\]$/;

/** A run that has ended. */
export interface EndedRun {
  readonly facts: RunFacts;
  readonly records: readonly RunRecord[];
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** Where a retry begins. */
export interface RetryPoint {
  /** Keys of the steps that are executed again. Empty: where the run ended. */
  readonly from: readonly string[];
  /** Computes values that are not recorded. */
  readonly ports: Pick<RunPorts, 'patterns' | 'templates'>;
}

/**
 * The records that a retry reuses: those of all steps that ended before the first repeated one, and
 * the decisions that led there. The program is executed with the records until nothing is recorded
 * any more; nothing is called.
 *
 * @param program of the retry. It may differ from that of the run after the first repeated step.
 * @returns undefined: the program does not reach the steps with these records
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

/** Tells if a key holds the begin of a step around others that the retry ends. */
function isStartOfOpen(key: string, journal: ReplayJournal): boolean {
  const step = startedStep(key);
  return step !== undefined && !journal.isUsed(step);
}

/** Reads records until a repeated step asks for its own. Remembers what was read. */
class ReplayJournal implements RunJournal {
  readonly #records: ReadonlyMap<string, RunRecord>;
  readonly #from: readonly string[];
  readonly #reached = new Set<string>();
  readonly #used = new Set<string>();
  /** Computed in the replay, because the run has no record. */
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
    // Only a step without a result asks for it. Its call is made anew.
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
