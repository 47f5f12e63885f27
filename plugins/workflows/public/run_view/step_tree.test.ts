import { describe, expect, it } from 'vitest';
import type { ScopeFrame, StepRun } from '../run_data/index.ts';
import { barPart, type StepNode, stepTree } from './step_tree.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const NOW = START + 60_000;
let order = 0;

function ended(
  stepId: string,
  scopes: readonly (readonly [string, string, number])[] = [],
  changes: Partial<StepRun> = {},
): StepRun {
  order += 1;
  return {
    id: `${order}`,
    stepId,
    stepType: 'console',
    status: 'completed',
    scopeStack: scopes.map(([step, kind, index]): ScopeFrame => ({ step, kind, index })),
    startedAt: new Date(START + order * 1000).toISOString(),
    finishedAt: new Date(START + order * 1000 + 500).toISOString(),
    ...changes,
  };
}

/** Converts a tree to nested arrays of names and groups, for comparisons. */
const outline = (nodes: readonly StepNode[]): readonly unknown[] =>
  nodes.map(({ name, run, groups }) => [
    run === undefined ? `(${name})` : name,
    ...groups.map(({ frame, steps }) => [`${frame.kind} ${frame.index}`, ...outline(steps)]),
  ]);

describe('stepTree', () => {
  it('counts running and waiting steps inside a step', () => {
    const open = { finishedAt: undefined };
    const tree = stepTree(
      [
        ended('a', [['all', 'branch', 0]], { ...open, status: 'running' }),
        ended('b', [['all', 'branch', 1]], { ...open, status: 'waiting' }),
        ended('c', [['all', 'branch', 2]], { ...open, status: 'waiting_for_authorization' }),
      ],
      NOW,
    );
    expect(tree[0]?.summary).toMatchObject({ running: 1, waiting: 2, completed: 0 });
  });

  it('groups the steps of loops by iteration, including nested loops', () => {
    const tree = stepTree(
      [
        ended('first'),
        ended('a', [['each', 'iteration', 0]]),
        ended('b', [
          ['each', 'iteration', 0],
          ['inner', 'iteration', 1],
        ]),
        ended('a', [['each', 'iteration', 1]]),
        ended('last'),
      ],
      NOW,
    );
    expect(outline(tree)).toEqual([
      ['first'],
      [
        '(each)',
        ['iteration 0', ['a'], ['(inner)', ['iteration 1', ['b']]]],
        ['iteration 1', ['a']],
      ],
      ['last'],
    ]);
    expect(tree[1]?.summary).toMatchObject({ completed: 3, failed: 0, skipped: 0 });
  });

  it('orders steps by their start, and branches by their number', () => {
    const late = ended('x', [['both', 'branch', 1]]);
    const early = ended('x', [['both', 'branch', 0]]);
    const first = ended('first', [], { startedAt: new Date(START).toISOString() });
    expect(outline(stepTree([late, early, first], NOW))).toEqual([
      ['first'],
      ['(both)', ['branch 0', ['x']], ['branch 1', ['x']]],
    ]);
  });

  it('puts repetitions and the fallback below the step whose failure caused them', () => {
    const tree = stepTree(
      [
        ended('call', [], { status: 'failed' }),
        ended('call', [['call', 'attempt', 1]], { status: 'failed' }),
        ended('tell', [['call', 'fallback', 0]]),
        ended('call', [['call', 'attempt', 2]], { status: 'failed' }),
      ],
      NOW,
    );
    expect(outline(tree)).toEqual([
      ['call', ['attempt 1', ['call']], ['attempt 2', ['call']], ['fallback 0', ['tell']]],
    ]);
    expect(tree[0]?.summary).toMatchObject({ completed: 1, failed: 3, skipped: 0 });
  });

  it('counts a loop as failed only if the loop itself failed', () => {
    const around = { stepType: 'foreach', status: 'failed' } as const;
    const inner = ended('x', [['each', 'iteration', 0]], { status: 'failed' });
    const passed = ended('each', [], { ...around, failedStepId: 'x' });
    expect(stepTree([inner, passed], NOW)[0]?.summary.failed).toBe(1);
    const ok = ended('x', [['each', 'iteration', 0]]);
    const [node] = stepTree([ok, ended('each', [], { stepType: 'foreach' })], NOW);
    expect(node?.summary).toMatchObject({ completed: 1, failed: 0, skipped: 0 });
    const error = { type: 'TypeError', message: 'no list' };
    const byItself = ended('each', [], { ...around, error });
    expect(stepTree([ok, byItself], NOW)[0]?.summary.failed).toBe(1);
    // The run ended inside the loop, for example at a limit, so the loop did not fail by itself.
    expect(stepTree([ok, ended('each', [], around)], NOW)[0]?.summary.failed).toBe(0);
  });

  it('counts running steps inside a loop, and steps that were cancelled with the run', () => {
    const inIteration = (status: 'running' | 'cancelled') =>
      stepTree(
        [
          ended('each', [], { stepType: 'foreach', status }),
          ended('check', [['each', 'iteration', 0]], { stepType: 'if', status }),
        ],
        NOW,
      )[0]?.groups[0]?.summary;
    expect(inIteration('running')).toMatchObject({ completed: 0, running: 1 });
    expect(inIteration('cancelled')).toMatchObject({ completed: 0, cancelled: 1 });
  });

  it('puts steps below the condition around them, although all of them began at the same time', () => {
    const at = { startedAt: new Date(START).toISOString() };
    const tree = stepTree(
      [
        ended('a', [['check', 'then', 0]], at),
        ended('check', [], { ...at, stepType: 'if' }),
        ended('b', [['choose', 'case', 1]], at),
        ended('choose', [], { ...at, stepType: 'switch' }),
      ],
      NOW,
    );
    expect(outline(tree)).toEqual([
      ['check', ['then 0', ['a']]],
      ['choose', ['case 1', ['b']]],
    ]);
  });

  it('ends the bar of an unfinished step at the current time', () => {
    const open = ended('each', [], { status: 'running', finishedAt: undefined });
    const [node] = stepTree([open], NOW);
    expect(node?.span).toEqual({ from: Date.parse(open.startedAt), to: NOW });
  });

  it('returns no nodes for a run without steps', () => {
    expect(stepTree([], NOW)).toEqual([]);
  });
});

it('the bar of a step has its place and width in the time of the run, and a minimum width', () => {
  const whole = { from: 0, to: 1000 };
  expect(barPart({ from: 250, to: 500 }, whole)).toEqual({ start: 25, width: 25 });
  expect(barPart({ from: 1000, to: 1000 }, whole)).toEqual({ start: 99.5, width: 0.5 });
  // The start can be before the run when the clock of the process is behind.
  expect(barPart({ from: -100, to: 2000 }, whole)).toEqual({ start: 0, width: 100 });
});
