import { expect, it } from 'vitest';
import { compareFixture } from '../fixture/compare_fixture.ts';
import { recordFixture } from '../fixture/record_fixture.ts';
import { replayFixture } from '../fixture/replay_fixture.ts';
import { responseKey } from '../run/pause_steps.ts';
import { computing, TestRun, workflow } from '../run/run.mock.ts';
import type { RunEnd, RunOutcome } from '../run/run_outcome.ts';
import type { CallResult, ChildState, StepCall } from '../run/run_ports.ts';
import type { TestedStep } from '../run/tested_step.ts';

/** A simulated result of a call. Any other value in a case is the output of the call. */
class Simulated {
  readonly result: (signal: AbortSignal) => Promise<CallResult> | CallResult;

  constructor(result: Simulated['result']) {
    this.result = result;
  }
}

/** A call that fails with an error of a type. */
export const fail = (type = 'X', retryAt?: Date): Simulated =>
  new Simulated(() => ({
    kind: 'failed',
    error: { type, message: `${type} failed` },
    ...(retryAt === undefined ? {} : { retryAt }),
  }));

/** A call that takes longer than any time limit. */
export const hang = (): Simulated =>
  new Simulated(
    (signal) =>
      new Promise((_, reject) => {
        const end = () => reject(signal.reason);
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      }),
  );

/** A call that needs an authorization of the user. */
export const unauthorized = (details?: Readonly<Record<string, unknown>>): Simulated =>
  new Simulated(() => ({
    kind: 'unauthorized',
    connectorId: 'c1',
    error: {
      type: 'ConnectorAuthorizationError',
      message: 'authorize',
      ...(details === undefined ? {} : { details }),
    },
  }));

/** Lets the process end during the call. */
export const crash = (): Simulated =>
  new Simulated(() => {
    throw new ProcessEnded();
  });

/** Thrown where the simulated process ends. */
export class ProcessEnded extends Error {}

/** Time that passes, and responses that arrive, before a run is executed again. */
export interface Resumption {
  /** Seconds that pass first. */
  readonly afterSeconds?: number;
  /** Responses by the key of the waiting step. */
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** A workflow with its simulated calls and its expected result. */
export interface GoldenCase {
  readonly title: string;
  /** YAML of the steps. */
  readonly steps: string;
  /** YAML of other keys at the top, such as `settings`. */
  readonly top?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** The only step that is executed. Default: all are. */
  readonly tested?: TestedStep;
  /**
   * Results of the calls of each step, in their order. Default: a call returns its input as the
   * output.
   */
  readonly calls?: Readonly<Record<string, readonly unknown[]>>;
  readonly child?: ChildState;
  /**
   * The run is executed again after each of these events. Records that were not stored are lost.
   */
  readonly resume?: readonly Resumption[];
  /** Expected outcome: a status, or members of the outcome. `waiting`: the run waits. */
  readonly outcome: string | Readonly<Record<string, unknown>>;
  /** Expected trace: `key status` of each ended step, in the order of their ends. */
  readonly trace: readonly string[];
  /** Expected last outputs, by the name of the step. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Messages of `console` steps. */
  readonly logged?: readonly unknown[];
  /** Expected names of the steps that called a service, in the order of the calls. */
  readonly called?: readonly string[];
}

/** Executes a case, with all of its resumptions. */
export async function runGolden({
  steps,
  top,
  inputs = {},
  tested,
  calls = {},
  child,
  resume = [],
}: GoldenCase): Promise<{ readonly run: TestRun; readonly outcome: RunOutcome | undefined }> {
  const waiting = new Map(Object.entries(calls).map(([name, all]) => [name, [...all]]));
  const call = (
    { name, input }: StepCall,
    signal: AbortSignal,
  ): Promise<CallResult> | CallResult => {
    const results = waiting.get(name);
    if (results === undefined || results.length === 0) return { kind: 'completed', output: input };
    const next = results.shift();
    return next instanceof Simulated ? next.result(signal) : { kind: 'completed', output: next };
  };
  const run = new TestRun(workflow(steps, top), {
    inputs,
    call,
    ...(tested === undefined ? {} : { tested }),
    ...(child === undefined ? {} : { child: () => child }),
  });
  let outcome = await executed(run);
  for (const { afterSeconds = 0, responses = {} } of resume) {
    run.crash();
    run.now += afterSeconds * 1_000;
    for (const [key, response] of Object.entries(responses))
      run.add(responseKey(key), { response, respondedBy: 'ana', respondedAt: 'then' });
    outcome = await executed(run);
  }
  return { run, outcome };
}

/** Executes a run. `undefined`: the simulated process has ended. */
async function executed(run: TestRun): Promise<RunOutcome | undefined> {
  try {
    return await run.execute();
  } catch (error) {
    if (error instanceof ProcessEnded) return undefined;
    throw error;
  }
}

/** Creates a test for each case. */
export function golden(cases: readonly GoldenCase[]): void {
  it.each(cases.map((each) => [each.title, each] as const))('%s', async (_, each) => {
    const { run, outcome } = await runGolden(each);
    const { outcome: expected } = each;
    if (expected === 'waiting') expect(outcome).toMatchObject({ kind: 'waiting' });
    else
      expect(outcome).toMatchObject(
        typeof expected === 'string' ? { kind: 'ended', status: expected } : expected,
      );
    expect(run.trace).toEqual(each.trace);
    for (const [name, output] of Object.entries(each.outputs ?? {}))
      expect([name, run.output(name)]).toEqual([name, output]);
    if (each.logged !== undefined) expect(run.logged).toEqual(each.logged);
    if (each.called !== undefined) expect(run.calls.map(({ name }) => name)).toEqual(each.called);
    if (outcome?.kind === 'ended' && hasEndedByItself(outcome))
      await expectSameReplay(run, workflow(each.steps, each.top), outcome);
  });
}

/** Only such runs can be exported as fixtures; see `RunFixtures`. */
const hasEndedByItself = ({ status, failedStep }: RunEnd): boolean =>
  status === 'completed' || (status === 'failed' && failedStep !== undefined);

/** Records a run as a fixture, and replays it as `npx latchkey test` does. */
async function expectSameReplay(
  run: TestRun,
  yaml: string,
  { kind: _, ...outcome }: RunEnd,
): Promise<void> {
  const { program, facts, records } = run;
  // As it is read from a file.
  const fixture = JSON.parse(
    JSON.stringify(recordFixture({ yaml, program, facts, records, outcome })),
  );
  const replayed = await replayFixture(program, fixture, computing);
  expect(compareFixture(fixture, replayed)).toEqual([]);
}
