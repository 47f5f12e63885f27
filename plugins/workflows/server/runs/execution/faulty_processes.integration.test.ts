import { isDeepStrictEqual } from 'node:util';
import type { RunRecord, StepRecord } from '@latchkey/workflow-engine';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isStep } from '../store/journal_store.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { overriding } from '../store/stored_runs.mock.ts';
import {
  type Changes,
  type Fault,
  type FaultPoint,
  FaultyProcess,
  type ServiceCall,
} from './faulty_process.mock.ts';
import { aRunFixture, type RunFixture, workflowOf } from './run_fixture.mock.ts';

/**
 * Minimum number of operations of the run. A lower number would show that the test tests nothing.
 */
const FEWEST_OPERATIONS = 10;
const DEFAULT_SERIES = 20;
/**
 * Number of random series of faults. With 1,000 series, about 2,000 processes are killed or
 * suspended.
 */
const SERIES = Number(process.env['LATCHKEY_FAULT_SERIES'] ?? DEFAULT_SERIES);
/** Time limit for each series, in milliseconds. It only ends a test that hangs. */
const MS_PER_SERIES = 6_000;
const ID = 'run-1';
/** Seconds after which a run has certainly ended: the sum of all leases and waits. */
const LIMIT_S = 500;
/**
 * Duration of calls of the first process in milliseconds. The calls are slow so that results are
 * stored while the next call is in progress. Fast calls would end the run without a further entry.
 */
const SLOW_MS = 1_500;

const call = (name: string, action: 'list' | 'create'): string =>
  `{ name: ${name}, type: files.${action}, connector-id: c1, with: { name: ${name} }, on-failure: { continue: true } }`;

/** A workflow that is executed under faults. */
interface FaultyWorkflow {
  readonly steps: string;
  /** Number of calls that each step makes in a run without faults. */
  readonly expected: Readonly<Record<string, number>>;
  /** Returns the broken rules that only this workflow has. */
  readonly violationsOf?: (steps: readonly StepRecord[]) => readonly string[];
}

const EVERY_KIND: FaultyWorkflow = {
  steps: `
  - ${call('read', 'list')}
  - ${call('first', 'create')}
  - { name: pause, type: wait, with: { duration: 2s } }
  - name: both
    type: parallel
    branches:
      - { name: a, steps: [${call('left', 'create')}] }
      - { name: b, steps: [${call('right', 'create')}, ${call('again', 'list')}] }
  - name: each
    type: foreach
    foreach: [1, 2]
    steps: [${call('item', 'create')}]
  - ${call('last', 'create')}
  - ${call('check', 'list')}`,
  expected: { read: 1, first: 1, left: 1, right: 1, again: 1, item: 2, last: 1, check: 1 },
};

/** One branch ends, the other waits until the time of both has passed. */
const TIMED_OUT: FaultyWorkflow = {
  steps: `
  - name: both
    type: parallel
    timeout: 20s
    on-failure: { continue: true }
    branches:
      - { name: quick, steps: [${call('first', 'create')}, ${call('read', 'list')}] }
      - { name: endless, steps: [{ name: pause, type: wait, with: { duration: 1h } }] }
  - ${call('last', 'create')}`,
  expected: { first: 1, read: 1, last: 1 },
  violationsOf: (steps) => {
    const both = steps.filter(({ name }) => name === 'both');
    const branches = both.map(({ error, output }) => [error?.type, statusesOf(output)].join());
    return isDeepStrictEqual(branches, ['StepTimeout,completed,timed_out'])
      ? []
      : [`has the branches ${branches.join(' and ')}`];
  },
};
const results = z.object({ results: z.array(z.object({ status: z.string() })) });
const statusesOf = (output: unknown): string =>
  (results.safeParse(output).data?.results ?? []).map(({ status }) => status).join();

let fixture: RunFixture;
let calls: ServiceCall[] = [];
afterEach(() => fixture.close());

interface PlayOptions {
  readonly changes?: Changes;
  /** Default: {@link EVERY_KIND}. */
  readonly workflow?: FaultyWorkflow;
}

interface Played {
  readonly violations: readonly string[];
  readonly processes: readonly FaultyProcess[];
}

/**
 * Starts a run in a process with a fault, and lets further processes take the run over when the
 * process before is killed or suspended. The last process has no fault. Suspended processes
 * continue after the end of the run.
 */
async function play(
  points: readonly FaultPoint[],
  { changes, workflow = EVERY_KIND }: PlayOptions = {},
): Promise<Played> {
  fixture = await aRunFixture();
  calls = [];
  const processes: FaultyProcess[] = [];
  let run: StoredRun | undefined;
  for (const point of [...points, undefined]) {
    const onCall = (made: ServiceCall): void => {
      calls.push(made);
    };
    const callMs = processes.length === 0 ? SLOW_MS : 0;
    const current = new FaultyProcess(fixture, { point, onCall, callMs, changes });
    processes.push(current);
    // The process must notice a takeover without its own search for abandoned runs.
    if (changes === undefined) current.process.executor.start();
    // The first process starts the run and needs no search for other processes.
    if (processes.length === 1) startRun(current, workflow);
    else void current.process.worker.start();
    run = await endOf(() => current.isHit || (run === undefined && processes.length > 1));
  }
  const found = await whenContinued(processes, run);
  run ??= await endOf(() => run === undefined && points[0]?.fault === 'kill');
  return { violations: [...found, ...(await violationsOf(run, workflow))], processes };
}

/** Advances the clock until the run has ended, or cannot end any more. */
async function endOf(isHopeless: () => boolean): Promise<StoredRun | undefined> {
  for (let second = 0; ; second += 1) {
    const run = await fixture.stored.store.read(ID);
    const hasEnded = run !== undefined && isFinal(run.status);
    if (hasEnded || isHopeless() || second > LIMIT_S) return run;
    await fixture.clock.advance(1_000);
  }
}

function startRun({ process }: FaultyProcess, { steps }: FaultyWorkflow): void {
  process.starter
    .start({
      id: ID,
      spaceId: 'default',
      user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
      yaml: workflowOf(steps),
      isTestRun: false,
      inputs: {},
      triggeredBy: 'manual',
    })
    .catch(() => undefined);
}

/**
 * Continues suspended processes, and returns what they did to a run that other processes have
 * ended.
 */
async function whenContinued(
  processes: readonly FaultyProcess[],
  run: StoredRun | undefined,
): Promise<readonly string[]> {
  for (const each of processes) await each.continue();
  for (let second = 0; second < 5; second += 1) await fixture.clock.advance(1_000);
  if (run === undefined) return [];
  const found: string[] = [];
  const now = await fixture.stored.store.read(ID);
  if (now?.version !== run.version) found.push('changed the ended run');
  if (processes.some(({ lateChecks }) => lateChecks > 0)) found.push('verified the lost run');
  return found;
}

/**
 * Lists the broken rules of a run.
 * @param run `undefined`: the only process was killed before it had stored the run
 */
async function violationsOf(
  run: StoredRun | undefined,
  workflow: FaultyWorkflow,
): Promise<readonly string[]> {
  if (run === undefined) return calls.length === 0 ? [] : ['called a service without a run'];
  const found: string[] = [];
  if (run.status !== 'completed') found.push(`is ${run.status}`);
  const writes = Map.groupBy(
    calls.filter(({ isWrite }) => isWrite),
    ({ key }) => key,
  );
  for (const [{ name } = { name: '' }, ...others] of writes.values())
    if (others.length > 0) found.push(`repeated ${name}`);
  const { store } = fixture.stored;
  const steps = (await store.journal.readRecords(run)).records.filter(isStep);
  for (const [name, count] of Object.entries(workflow.expected)) {
    const own = steps.filter((step) => step.name === name);
    const interrupted = own.filter(({ error }) => error?.type === 'StepInterrupted').length;
    const completed = own.filter(({ status }) => status === 'completed').length;
    const made = calls.filter((each) => each.name === name).length;
    if (interrupted + completed !== count)
      found.push(`has ${completed} and ${interrupted} interrupted results of ${name}`);
    if (made < completed) found.push(`did not call ${name}`);
  }
  found.push(...(workflow.violationsOf?.(steps) ?? []));
  const entries = await store.journal.readEntries(run, { from: 1, to: 100 });
  const epochs = entries.map(({ epoch }) => epoch);
  if (epochs.some((epoch, index) => epoch < (epochs[index - 1] ?? 0)))
    found.push(`has entries of the epochs ${epochs}`);
  return found;
}

/**
 * Tries a fault at each operation of the first process.
 * @returns the first violation; `undefined`: there was none
 */
async function firstViolation(
  { fault, isAfter }: Omit<FaultPoint, 'operation'>,
  workflow = EVERY_KIND,
): Promise<string | undefined> {
  for (let operation = 0; ; operation += 1) {
    const { violations, processes } = await play([{ fault, operation, isAfter }], { workflow });
    if (violations.length > 0) return `operation ${operation}: ${violations.join(', ')}`;
    if (processes[0]?.isHit !== true) {
      expect(operation).toBeGreaterThan(FEWEST_OPERATIONS);
      return undefined;
    }
    await fixture.close();
  }
}

/** Tries the same faults without a safeguard, beginning with the last operation. */
async function lastViolation(fault: Fault, changes: Changes): Promise<string | undefined> {
  const { processes } = await play([], { changes });
  for (let operation = processes[0]?.operations ?? 0; operation >= 0; operation -= 1)
    for (const isAfter of [true, false]) {
      await fixture.close();
      const { violations } = await play([{ fault, operation, isAfter }], { changes });
      if (violations.length > 0) return `operation ${operation}: ${violations.join(', ')}`;
    }
  return undefined;
}

const MOMENTS = [
  { when: 'before its effect', isAfter: false },
  { when: 'after its effect', isAfter: true },
];

describe('a run whose process is killed at a write or a call', () => {
  it.each(MOMENTS)(
    'repeats no changing call and loses no step when the fault occurs $when',
    async ({ isAfter }) => {
      expect(await firstViolation({ fault: 'kill', isAfter })).toBeUndefined();
    },
  );
});

describe('a run whose `parallel` step reaches its time limit, and whose process is killed', () => {
  it.each(MOMENTS)(
    'keeps the result of the branch that has ended when the fault occurs $when',
    async ({ isAfter }) => {
      expect(await firstViolation({ fault: 'kill', isAfter }, TIMED_OUT)).toBeUndefined();
    },
  );
});

describe('a run whose process is suspended at any access or call, and continues too late', () => {
  it.each(MOMENTS)(
    'repeats no changing call and keeps its result when the fault occurs $when',
    async ({ isAfter }) => {
      expect(await firstViolation({ fault: 'suspend', isAfter })).toBeUndefined();
    },
  );
});

describe('a run whose processes end one after the other', () => {
  it(
    'repeats no changing call and loses no step',
    async () => {
      let faults = 0;
      let all = 0;
      const point = fc.record<FaultPoint>({
        fault: fc.constantFrom('kill', 'kill', 'suspend'),
        operation: fc.integer({ min: 0, max: 45 }),
        isAfter: fc.boolean(),
      });
      const points = fc.array(point, { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc
          .asyncProperty(points, async (series) => {
            const { violations, processes } = await play(series);
            all += calls.length;
            faults += processes.filter(({ isHit }) => isHit).length;
            expect(violations).toEqual([]);
          })
          .afterEach(() => fixture.close()),
        { numRuns: SERIES, endOnFailure: true },
      );
      fixture = await aRunFixture();
      expect(faults).toBeGreaterThan(SERIES);
      if (SERIES > DEFAULT_SERIES) process.stderr.write(`${faults} faults, ${all} calls\n`);
    },
    MS_PER_SERIES * SERIES,
  );
});

const withoutRecords =
  (isLeftOut: (record: RunRecord) => boolean) =>
  (store: RunStore): RunStore => {
    const { journal } = store;
    const addEntry: typeof journal.addEntry = (run, entry) => {
      const records = entry.records.filter((record) => !isLeftOut(record));
      return journal.addEntry(run, { ...entry, records });
    };
    return overriding(store, { journal: overriding(journal, { addEntry }) });
  };

describe('a fault breaks an invariant of runs if the server lacks', () => {
  it.each<[string, Fault, Changes]>([
    [
      'the announcement of a call that changes something',
      'kill',
      { store: withoutRecords(({ key }) => key.includes('?sent[')) },
    ],
    ['stored results', 'kill', { store: withoutRecords(isStep) }],
    [
      'the entry of a takeover',
      'suspend',
      {
        store: (store) => {
          const { journal } = store;
          const addEntry: typeof journal.addEntry = async (run, entry) =>
            entry.records.length === 0 || journal.addEntry(run, entry);
          return overriding(store, { journal: overriding(journal, { addEntry }) });
        },
      },
    ],
    [
      'the comparison before a run is written',
      'suspend',
      {
        store: (store) =>
          overriding(store, {
            compareAndSet: async (run, changes) =>
              store.compareAndSet((await store.read(run.id)) ?? run, changes),
          }),
      },
    ],
    ['the check before a call', 'suspend', { isStillOwner: async () => true }],
  ])('%s', async (_, fault, changes) => {
    expect(await lastViolation(fault, changes)).toBeDefined();
  });
});
