import type { RunRecord, StepRecord } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunChanges, StoredRun } from '../store/run_store.ts';
import { aRun, aRunStore, overriding } from '../store/stored_runs.mock.ts';
import { StepReader } from './step_reader.ts';

const NONE = { input: false, output: false };
const BOTH = { input: true, output: true };

let stored: Awaited<ReturnType<typeof aRunStore>>;
let run: StoredRun;
beforeEach(async () => {
  stored = await aRunStore();
  run = await stored.store.create('run-1', aRun());
});
afterEach(() => stored.stop());

const step = (index: number, over: Partial<StepRecord> = {}): StepRecord => ({
  kind: 'step',
  key: `loop[${index}]/s${index}`,
  name: `s${index}`,
  type: 'console',
  scopes: [],
  status: 'completed',
  startedAt: new Date(0).toISOString(),
  finishedAt: new Date(0).toISOString(),
  input: { index },
  output: { index },
  ...over,
});
const value: RunRecord = { kind: 'value', key: 'x?if', value: true };

/** Stores steps, `perEntry` in each journal entry. */
const write = async (count: number, perEntry = 3) => {
  let seq = 0;
  for (let index = 0; index < count; index += perEntry) {
    const steps = Array.from({ length: Math.min(perEntry, count - index) }, (_, at) =>
      step(index + at),
    );
    seq += 1;
    const entry = { seq, epoch: 0, records: [value, ...steps], steps: index + steps.length };
    await stored.store.journal.addEntry(run, entry);
  }
};
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `s${from + index}`);
const page = async (from: number, size: number, order?: 'desc') => {
  const { steps, total } = await new StepReader(stored.store.journal).page(
    run,
    { from, size, order },
    NONE,
  );
  return { names: steps.map(({ name }) => name), total };
};

describe('the position of an ended step', () => {
  const reader = () => new StepReader(stored.store.journal);
  const positionsOf = async (range: Parameters<StepReader['page']>[1]) => {
    const { steps } = await reader().page(run, range, NONE);
    return steps.map(({ key, position }) => [
      key,
      position?.globalExecutionIndex,
      position?.stepExecutionIndex,
    ]);
  };
  const positionOf = async (key: string) => (await reader().find(run, key))?.position;
  const again = (index: number) => step(index, { name: 's0' });

  beforeEach(async () => {
    await write(2, 1);
    await stored.store.journal.addEntry(run, { seq: 3, epoch: 0, records: [again(2)], steps: 3 });
    run = (await stored.store.compareAndSet(run, { tail: [again(3)] })) ?? run;
  });

  it('counts all steps, and the executions of the same step, from 0', async () => {
    expect(await positionsOf({ from: 0, size: 10 })).toEqual([
      ['loop[0]/s0', 0, 0],
      ['loop[1]/s1', 1, 0],
      ['loop[2]/s2', 2, 1],
      ['loop[3]/s3', 3, 2],
    ]);
  });

  it('also counts steps with other names that the page leaves out', async () => {
    expect(await positionsOf({ from: 0, size: 10, name: 's0' })).toEqual([
      ['loop[0]/s0', 0, 0],
      ['loop[2]/s2', 2, 1],
      ['loop[3]/s3', 3, 2],
    ]);
  });

  it('is the same when a single step is read, wherever it is stored', async () => {
    const position = (globalExecutionIndex: number, stepExecutionIndex: number) => ({
      globalExecutionIndex,
      stepExecutionIndex,
    });
    expect(await positionOf('loop[0]/s0')).toEqual(position(0, 0));
    expect(await positionOf('loop[2]/s2')).toEqual(position(2, 1));
    expect(await positionOf('loop[3]/s3')).toEqual(position(3, 2));
  });

  it('is absent in pages that do not begin with the first step', async () => {
    for (const range of [
      { from: 1, size: 1 },
      { from: 0, size: 1, order: 'desc' },
    ] as const)
      expect(await positionsOf(range)).toMatchObject([[expect.any(String), undefined, undefined]]);
  });
});

describe('a page that begins with the last step', () => {
  it('counts from the last step, even if it is in the document of the run', async () => {
    await write(8);
    run = (await stored.store.compareAndSet(run, { tail: [step(8), step(9)] })) ?? run;
    expect(await page(0, 3, 'desc')).toEqual({ names: ['s9', 's8', 's7'], total: 10 });
    expect(await page(3, 3, 'desc')).toEqual({ names: ['s6', 's5', 's4'], total: 10 });
    expect(await page(9, 3, 'desc')).toEqual({ names: ['s0'], total: 10 });
    expect(await page(12, 3, 'desc')).toEqual({ names: [], total: 10 });
  });
});

describe('enclosing steps that have not ended', () => {
  const loop = {
    key: 'loop',
    name: 'loop',
    type: 'foreach',
    scopes: [],
    startedAt: new Date(0).toISOString(),
  };
  const check = { ...loop, key: 'loop[0]/check', name: 'check', type: 'if' };
  const entry = { seq: 1, epoch: 0, records: [step(0)], steps: 1, openSteps: [loop, check] };
  const openOf = async (changes: RunChanges = {}) => {
    run = (await stored.store.compareAndSet(run, changes)) ?? run;
    const { open } = await new StepReader(stored.store.journal).page(
      run,
      { from: 0, size: 9 },
      NONE,
    );
    return open.map(({ key, status, finishedAt }) => [key, status, finishedAt]);
  };

  it('are read from the last entry, and are shown as running', async () => {
    await stored.store.journal.addEntry(run, entry);
    expect(await openOf()).toEqual([
      ['loop', 'running', undefined],
      ['loop[0]/check', 'running', undefined],
    ]);
    const reader = new StepReader(stored.store.journal);
    expect(await reader.find(run, 'loop')).toMatchObject({ name: 'loop', status: 'running' });
  });

  it('do not include steps whose end is in the document of the run', async () => {
    await stored.store.journal.addEntry(run, entry);
    const tail = [step(1, { key: 'loop[0]/check' })];
    expect(await openOf({ tail })).toEqual([['loop', 'running', undefined]]);
  });

  const finishedAt = new Date(5_000).toISOString();
  it.each([
    ['cancelled', 'cancelled'],
    ['timed_out', 'timed_out'],
    ['failed', 'failed'],
    // Another branch has completed the run.
    ['completed', 'cancelled'],
  ] as const)('of a run that is %s are shown as %s', async (status, shown) => {
    await stored.store.journal.addEntry(run, { ...entry, openSteps: [] });
    const ended = await openOf({ status, finishedAt, openSteps: [loop] });
    expect(ended).toEqual([['loop', shown, finishedAt]]);
  });
});

describe('steps that wait and calls that take long', () => {
  const startedAt = new Date(1_000).toISOString();
  const active = (name: string, key = name) => ({
    ...{ key, name, type: 'files.list', startedAt },
    scopes: [{ step: 'all', kind: 'branch' as const, index: 0 }],
  });
  const waits = [
    { kind: 'time' as const, stepKey: 'all[0]/pause' },
    { kind: 'input' as const, stepKey: 'all[1]/ask' },
    { kind: 'child' as const, stepKey: 'all[2]/child' },
    { kind: 'authorization' as const, stepKey: 'all[3]/read' },
  ];
  const shown = async (changes: RunChanges) => {
    run = (await stored.store.compareAndSet(run, changes)) ?? run;
    const reader = new StepReader(stored.store.journal);
    const { open, total } = await reader.page(run, { from: 0, size: 9 }, NONE);
    for (const each of open) expect(await reader.find(run, each.key)).toEqual(each);
    return { open: open.map(({ key, status }) => [key, status]), total };
  };

  it('are listed with the status of their wait', async () => {
    const activeSteps = waits.map(({ stepKey }) => active(stepKey.slice(7), stepKey));
    expect(await shown({ status: 'waiting_for_authorization', waits, activeSteps })).toEqual({
      open: [
        ['all[0]/pause', 'waiting'],
        ['all[1]/ask', 'waiting_for_input'],
        ['all[2]/child', 'waiting_for_child'],
        ['all[3]/read', 'waiting_for_authorization'],
      ],
      total: 0,
    });
  });

  const currentSteps = [{ stepId: 's0', stepType: 'files.list', startedAt }];
  it('are shown as running until the end of the call is in the journal', async () => {
    const key = 'loop[0]/s0';
    const activeSteps = [active('s0', key)];
    expect((await shown({ currentSteps, activeSteps })).open).toEqual([[key, 'running']]);
    await write(1);
    expect(await shown({})).toEqual({ open: [], total: 1 });
  });

  it('are left out when a server of an older build, which does not know them, has written the run since', async () => {
    const activeSteps = [active('s0', 'loop[0]/s0')];
    expect((await shown({ activeSteps })).open).toEqual([]);
    const later = [{ ...currentSteps[0], startedAt: new Date(9_000).toISOString() }];
    expect((await shown({ activeSteps, currentSteps: later as typeof currentSteps })).open).toEqual(
      [],
    );
  });

  it('are left out when the run has ended', async () => {
    const activeSteps = [active('s0', 'loop[0]/s0')];
    expect((await shown({ status: 'cancelled', activeSteps, currentSteps })).open).toEqual([]);
  });
});

describe('a page of steps', () => {
  it.each([
    [0, 5],
    [4, 5],
    [97, 10],
    [60, 1],
    [99, 1],
  ])('begins at step %d and has at most %d steps', async (from, size) => {
    await write(100);
    const to = Math.min(from + size, 100);
    expect(await page(from, size)).toEqual({ names: names(from, to), total: 100 });
  });

  it('continues with the steps that are stored in the document of the run', async () => {
    await write(4);
    run = (await stored.store.compareAndSet(run, { tail: [step(4), step(5)] })) ?? run;
    expect(await page(3, 2)).toEqual({ names: ['s3', 's4'], total: 6 });
    expect(await page(5, 5)).toEqual({ names: ['s5'], total: 6 });
    expect(await page(6, 5)).toEqual({ names: [], total: 6 });
  });

  it('is empty for a run without steps', async () => {
    expect(await page(0, 5)).toEqual({ names: [], total: 0 });
  });

  it('is found in a long journal with few reads of entries', async () => {
    await write(600, 2);
    let read = 0;
    const { journal } = stored.store;
    const counting = overriding(journal, {
      readEntries: async (...args) => {
        const found = await journal.readEntries(...args);
        read += found.length;
        return found;
      },
    });
    const { steps } = await new StepReader(counting).page(run, { from: 500, size: 4 }, NONE);
    expect(steps.map(({ name }) => name)).toEqual(names(500, 504));
    expect(read).toBeLessThan(60);
  });

  it('contains large inputs and outputs only when they are asked for', async () => {
    const text = 'x'.repeat(50_000);
    const large = step(0, { output: { text }, error: { type: 'X', message: text } });
    await stored.store.journal.addEntry(run, { seq: 1, epoch: 0, records: [large], steps: 1 });
    const [entry] = await stored.store.journal.readEntries(run, { from: 1, to: 1 });
    expect(JSON.stringify(entry).length).toBeLessThan(2_000);
    const reader = new StepReader(stored.store.journal);
    const range = { from: 0, size: 1 };
    const [short] = (await reader.page(run, range, NONE)).steps;
    expect(short).not.toHaveProperty('output');
    expect(short?.error?.message).toHaveLength(500);
    expect((await reader.page(run, range, BOTH)).steps).toMatchObject([large]);
  });

  it('leaves out inputs and outputs that would exceed the limit of the response', async () => {
    const output = 'x'.repeat(5_000_000);
    for (const seq of [1, 2, 3]) {
      const records = [step(seq, { output })];
      await stored.store.journal.addEntry(run, { seq, epoch: 0, records, steps: seq });
    }
    const { steps } = await new StepReader(stored.store.journal).page(
      run,
      { from: 0, size: 9 },
      BOTH,
    );
    expect(steps.map((each) => each.output === undefined)).toEqual([false, true, true]);
  });

  it('leaves out inputs and outputs that exceed what earlier pages of the same request have left', async () => {
    await write(2);
    const reader = new StepReader(stored.store.journal);
    const budget = { left: 500 };
    const outputs = async (from: number) => {
      const { steps } = await reader.page(run, { from, size: 1 }, { ...BOTH, budget });
      return steps.map(({ output }) => output);
    };
    expect(await outputs(0)).toEqual([{ index: 0 }]);
    budget.left = 50;
    expect(await outputs(1)).toEqual([undefined]);
    expect(budget.left).toBe(0);
  });

  it('finds one step by its key, with its input and output', async () => {
    await write(50);
    const reader = new StepReader(stored.store.journal);
    expect(await reader.find(run, 'loop[41]/s41')).toMatchObject(step(41));
    expect(await reader.find(run, 'loop[50]/s50')).toBeUndefined();
  });
});
