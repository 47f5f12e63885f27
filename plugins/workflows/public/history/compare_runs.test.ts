import { describe, expect, it } from 'vitest';
import { type ComparedStep, compareSteps, isSame, stepIdText } from './compare_runs.ts';

const step = (id: string, changes: Partial<ComparedStep> = {}): ComparedStep => ({
  id,
  stepId: id,
  stepType: 'console',
  status: 'completed',
  scopeStack: [],
  startedAt: '2030-01-01T00:00:00Z',
  finishedAt: '2030-01-01T00:00:01Z',
  ...changes,
});
const ids = (first: readonly string[], second: readonly string[]) =>
  compareSteps(
    first.map((id) => step(id)),
    second.map((id) => step(id)),
    true,
  ).map(({ id }) => id);

describe('compareSteps', () => {
  it('names the differences of each step, and ignores times', () => {
    const [same, changed, failed] = compareSteps(
      [step('a'), step('b', { output: { x: 1 } }), step('c')],
      [
        step('a', { startedAt: '2031-01-01T00:00:00Z' }),
        step('b', { input: 1, output: { x: 2 } }),
        step('c', { status: 'failed', error: { type: 'X', message: 'no' } }),
      ],
      true,
    );
    expect(same?.differences).toEqual([]);
    expect(changed?.differences).toEqual(['input', 'output']);
    expect(failed?.differences).toEqual(['status', 'error']);
  });

  it('ignores inputs and outputs that the user does not see in one of the runs', () => {
    const failed = (type: string, message: string) =>
      ({ status: 'failed', error: { type, message } }) as const;
    const [values, message, type] = compareSteps(
      [
        step('a', { input: 1, output: 2 }),
        step('b', failed('X', 'The cause')),
        step('c', failed('X', 'The cause')),
      ],
      [step('a'), step('b', failed('X', 'Hidden')), step('c', failed('Y', 'Hidden'))],
      false,
    );
    expect(values?.differences).toEqual([]);
    expect(message?.differences).toEqual([]);
    expect(type?.differences).toEqual(['error']);
  });

  it('lists steps that only the first run has at the place where they were executed', () => {
    expect(ids(['a', 'x', 'b'], ['a', 'b', 'c'])).toEqual(['a', 'x', 'b', 'c']);
    expect(ids(['x', 'a'], ['a'])).toEqual(['x', 'a']);
    expect(ids([], ['a'])).toEqual(['a']);
    expect(ids(['a', 'b'], [])).toEqual(['a', 'b']);
    // The branches of a parallel step end in another order in the second run.
    expect(ids(['a', 'b', 'x'], ['b', 'a'])).toEqual(['b', 'x', 'a']);
    expect(compareSteps([step('x')], [], true)[0]?.differences).toEqual(['presence']);
  });
});

it('JSON values with the same keys in another order are equal', () => {
  expect(isSame({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame(undefined, null)).toBe(false);
});

it('step ids are shown with the original characters instead of their escapes', () => {
  expect(stepIdText('loop[0]/read%2fwrite 100%25')).toBe('loop[0]/read/write 100%');
});
