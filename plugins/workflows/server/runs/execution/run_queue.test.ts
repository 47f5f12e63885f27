import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { type HeldRecords, RunMemory } from './run_memory.ts';
import { RunQueue } from './run_queue.ts';

const MAX_CHARACTERS = 1_000;
const OTHERS = ['u_ana', 'u_ben', 'u_cem'];

let memory: RunMemory;
let queue: RunQueue;
let executed: Map<string, { readonly run: StoredRun; readonly held: HeldRecords }>;
let began: string[];
beforeEach(() => {
  memory = new RunMemory(MAX_CHARACTERS);
  queue = new RunQueue(memory, 100);
  executed = new Map();
  began = [];
});

const runOf = (id: string, profileUid: string, recordCharacters: number): StoredRun => ({
  ...aRun({ profileUid, recordCharacters }),
  id,
  version: '1',
});
const execute = (run: StoredRun): void => {
  began.push(run.id);
  const held = memory.hold(run.profileUid, run.recordCharacters);
  executed.set(run.id, { run, held });
};
const executeQueued = (): void => {
  for (let next = queue.take(); next !== undefined; next = queue.take()) execute(next);
};
const start = (run: StoredRun): void => {
  if (queue.hasRoomFor(run)) {
    queue.begin(run);
    execute(run);
  } else queue.push(run);
};
const end = (id: string | undefined): void => {
  const ended = executed.get(id ?? '');
  if (ended === undefined) return;
  executed.delete(ended.run.id);
  ended.held.release();
  queue.end(ended.run);
  executeQueued();
};

describe('a large run that waits for memory used by others', () => {
  /**
   * Replaces small runs of three other users, which together use so much memory that the large run
   * never fits.
   */
  const replaceSmallRuns = (from: number, times: number): void => {
    for (let index = from; index < from + times; index += 1) {
      start(runOf(`small${index}`, OTHERS[index % 3] ?? '', 200));
      end(executed.has(`small${index - 3}`) ? `small${index - 3}` : undefined);
    }
  };

  it('J133: is overtaken by 20 runs, and begins when the runs before it have ended', () => {
    replaceSmallRuns(0, 3);
    start(runOf('large', 'u_eve', 500));
    expect(queue.has('large')).toBe(true);
    replaceSmallRuns(3, 30);
    expect(began).toContain('large');
    expect(began.indexOf('large')).toBeLessThanOrEqual(3 + 20 + 3);
  });

  it('begins once, in whichever order other runs start and end', () => {
    const other = fc.record({
      user: fc.constantFrom(...OTHERS),
      characters: fc.integer({ min: 0, max: 400 }),
      ended: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(other, { minLength: 100, maxLength: 140 }), (others) => {
        memory = new RunMemory(MAX_CHARACTERS);
        queue = new RunQueue(memory, 100);
        executed = new Map();
        began = [];
        for (const [index, { user, characters, ended }] of others.entries()) {
          start(runOf(`run${index}`, user, characters));
          if (index === 5) start(runOf('large', 'u_eve', 500));
          end([...executed.keys()].filter((id) => id !== 'large')[ended]);
        }
        while (executed.size > 0) end([...executed.keys()][0]);
        expect(began.filter((id) => id === 'large')).toHaveLength(1);
        expect(new Set(began).size).toBe(others.length + 1);
      }),
    );
  });

  it('J133: no longer reserves room after it was cancelled', () => {
    replaceSmallRuns(0, 3);
    start(runOf('cancelled', 'u_eve', 500));
    start(runOf('slow', 'u_dan', 250));
    for (let index = 3; index < 24; index += 1) {
      end(`small${index - 3}`);
      start(runOf(`small${index}`, OTHERS[index % 3] ?? '', 200));
    }
    expect(queue.has('small23')).toBe(true);
    queue.remove('cancelled');
    executeQueued();
    expect(executed.has('small23')).toBe(true);
  });

  it('reserves no room while its own user uses too much', () => {
    start(runOf('own', 'u_eve', 400));
    start(runOf('large', 'u_eve', 300));
    for (let index = 0; index < 30; index += 1) {
      start(runOf(`small${index}`, 'u_ana', 450));
      expect(executed.has(`small${index}`)).toBe(true);
      end(`small${index}`);
    }
  });
});

describe('a queue of runs', () => {
  it('admits as many runs as the limit of the process allows, including runs that return', () => {
    queue = new RunQueue(memory, 1);
    start(runOf('first', 'u_ana', 0));
    start(runOf('second', 'u_ana', 0));
    const returned = runOf('returned', 'u_ana', 0);
    queue.pushFirst(returned);
    expect(queue.free).toBe(0);
    end('first');
    end('returned');
    expect(began).toEqual(['first', 'returned', 'second']);
  });
});
