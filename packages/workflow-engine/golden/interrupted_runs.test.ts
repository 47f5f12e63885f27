import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestRun } from '../run/run.mock.ts';
import type { RunOutcome } from '../run/run_outcome.ts';
import type { CallResult, StepCall } from '../run/run_ports.ts';
import { ProcessEnded } from './golden.mock.ts';
import { randomWorkflow } from './random_workflow.mock.ts';

/** Point at which the process ends: during the nth call, or before or after the nth commit. */
interface Crash {
  readonly at: 'call' | 'before' | 'after';
  /** Number of the call or commit, from 1. */
  readonly count: number;
}

/**
 * Maximum executions until a run ends. It is more than the number of waits in a random workflow.
 */
const MAX_EXECUTIONS = 500;

/**
 * Result of a call. It is equal for each repetition, so that a continued run gets the same result.
 */
function resultOf({ idempotencyKey, input, name }: StepCall): CallResult {
  return Number.parseInt(idempotencyKey.slice(0, 8), 16) % 4 === 0
    ? { kind: 'failed', error: { type: 'X', message: `${name} failed` } }
    : { kind: 'completed', output: input };
}

/** A run that is executed to its end, with at most one crash of the process. */
class InterruptedRun {
  /** Calls that were made before the process ended. */
  readonly calls: StepCall[] = [];
  readonly counts = { call: 0, before: 0, after: 0 };
  readonly #run: TestRun;
  readonly #crash: Crash | undefined;
  #isDead = false;
  /** Idempotency keys of the steps whose results were stored when the process began. */
  #stored: ReadonlySet<string> = new Set();

  constructor(yaml: string, crash?: Crash) {
    this.#crash = crash;
    this.#run = new TestRun(yaml, {
      onCommit: (when) => this.#happen(when),
      call: (call) => {
        if (this.#isDead) throw new ProcessEnded();
        expect(this.#stored).not.toContain(call.idempotencyKey);
        this.calls.push(call);
        this.#happen('call');
        return resultOf(call);
      },
    });
  }

  /**
   * Counts an event of the process.
   * @throws ProcessEnded at the point where the process ends, and at every later event
   */
  #happen(at: Crash['at']): void {
    if (this.#isDead) throw new ProcessEnded();
    this.counts[at] += 1;
    this.#isDead = this.#crash?.at === at && this.#crash.count === this.counts[at];
    if (this.#isDead) throw new ProcessEnded();
  }

  /** Executes the run to its end. Waits end immediately. */
  async execute(): Promise<RunOutcome> {
    for (let life = 0; life < MAX_EXECUTIONS; life += 1) {
      const outcome = await this.#run.execute().catch((error: unknown) => {
        if (error instanceof ProcessEnded) return undefined;
        throw error;
      });
      if (outcome?.kind === 'ended') return outcome;
      this.#isDead = false;
      this.#run.crash();
      this.#stored = new Set(this.#run.steps.map(({ key }) => idempotencyKeyOf(key)));
      if (outcome?.kind === 'waiting')
        this.#run.now = Math.max(...outcome.waits.map(({ wakeAt = 0 }) => wakeAt));
    }
    throw new Error('The run does not end.');
  }

  /** Results of the steps without times, in an order that does not depend on times. */
  get results(): readonly string[] {
    return this.#run.steps
      .map(({ key, type, status, output, error }) =>
        // The output of a parallel step contains times.
        JSON.stringify({ key, status, error, ...(type === 'parallel' ? {} : { output }) }),
      )
      .sort();
  }
}

function idempotencyKeyOf(stepKey: string): string {
  return createHash('sha256').update(`run-1\n${stepKey}`).digest('hex');
}

/**
 * Number of crashes that are tried for one workflow. If a workflow has more possible points, some
 * are chosen.
 */
const MAX_CRASHES = 6;

function crashesOf({ counts }: InterruptedRun): readonly Crash[] {
  const all = (['call', 'before', 'after'] as const).flatMap((at) =>
    Array.from({ length: counts[at] }, (_, index) => ({ at, count: index + 1 })),
  );
  const step = Math.max(1, all.length / MAX_CRASHES);
  return all.filter((_, index) => index % step < 1);
}

describe('a run whose process ends at any point', () => {
  it('has the same result as an uninterrupted run if all its calls may be repeated', async () => {
    await fc.assert(
      fc.asyncProperty(randomWorkflow({ 'on-interrupted': 'retry' }), async (yaml) => {
        const whole = new InterruptedRun(yaml);
        const outcome = await whole.execute();
        for (const crash of crashesOf(whole)) {
          const run = new InterruptedRun(yaml, crash);
          expect([crash, await run.execute()]).toEqual([crash, outcome]);
          expect([crash, run.results]).toEqual([crash, whole.results]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('repeats no call that must not be repeated', async () => {
    await fc.assert(
      fc.asyncProperty(randomWorkflow({}), async (yaml) => {
        const whole = new InterruptedRun(yaml);
        await whole.execute();
        for (const crash of crashesOf(whole)) {
          const run = new InterruptedRun(yaml, crash);
          await run.execute();
          const writes = run.calls.filter(({ type }) => type === 'files.create');
          const keys = writes.map(({ idempotencyKey }) => idempotencyKey);
          expect([crash, new Set(keys).size]).toEqual([crash, keys.length]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
