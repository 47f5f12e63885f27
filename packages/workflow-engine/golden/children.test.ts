import { describe, expect, it } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { golden, runGolden } from './golden.mock.ts';

const execute = (more = '') => `
- { name: child, type: workflow.execute, with: { workflow-id: other, inputs: { n: 1 } }${more} }
- { name: after, type: data.set, with: { o: "\${{ steps.child.output }}", e: "{{ steps.child.error.message }}" } }
`;
const RUNNING = { kind: 'running' } as const;
const FAILED = { kind: 'failed', error: { type: 'X', message: 'the child failed' } } as const;

describe('`workflow.execute`', () => {
  golden([
    {
      title: 'waits for the child',
      steps: execute(),
      child: RUNNING,
      outcome: {
        kind: 'waiting',
        waits: [{ kind: 'child', stepKey: 'child', runId: 'child:child' }],
      },
      trace: [],
    },
    {
      title: 'has the outputs of the child as its output',
      steps: execute(),
      child: { kind: 'completed', output: { a: 1 } },
      outcome: 'completed',
      trace: ['child completed', 'after completed'],
      outputs: { after: { o: { a: 1 }, e: '' } },
    },
    {
      title: 'fails with the error of the child',
      steps: execute(),
      child: FAILED,
      outcome: { status: 'failed', failedStep: 'child', error: FAILED.error },
      trace: ['child failed'],
    },
    {
      title: 'continues after a failed child with `continue`',
      steps: execute(', on-failure: { continue: true }'),
      child: FAILED,
      outcome: 'completed',
      trace: ['child failed', 'after completed'],
      outputs: { after: { e: 'the child failed' } },
    },
    {
      title: 'starts a new child for each member and attempt',
      steps: execute(', foreach: [1, 2], on-failure: { retry: { max-attempts: 1 } }'),
      child: FAILED,
      outcome: { status: 'failed' },
      trace: ['child[0]/child failed', 'child@1[0]/child failed'],
    },
    {
      title: 'fails when its time limit is reached',
      steps: execute(', timeout: 1h'),
      child: RUNNING,
      resume: [{ afterSeconds: 3_600 }],
      outcome: { status: 'failed', failedStep: 'child', error: { type: 'StepTimeout' } },
      trace: ['child failed'],
    },
    {
      title: 'waits for its child in a branch',
      steps: `
- name: all
  type: parallel
  foreach: [1, 2]
  steps: [{ name: child, type: workflow.execute, with: { workflow-id: other } }]
`,
      child: RUNNING,
      outcome: {
        kind: 'waiting',
        waits: [{ runId: 'child:all[0]/child' }, { runId: 'child:all[1]/child' }],
      },
      trace: [],
    },
  ]);
});

describe('a child of a step with a time limit', () => {
  it.each([
    ['is cancelled when the time limit is reached', 3_600, ['child:child']],
    ['is not cancelled before the time limit is reached', 3_599, []],
  ])('%s', async (_, afterSeconds, cancelled) => {
    const { run } = await runGolden({
      title: '',
      steps: execute(', timeout: 1h, on-failure: { continue: true }'),
      child: RUNNING,
      resume: [{ afterSeconds }],
      outcome: '',
      trace: [],
    });
    expect(run.cancelledChildren).toEqual(cancelled);
  });
});

describe('`workflow.executeAsync`', () => {
  golden([
    {
      title: 'does not wait for the child',
      steps: execute().replace('workflow.execute,', 'workflow.executeAsync,'),
      child: RUNNING,
      outcome: 'completed',
      trace: ['child completed', 'after completed'],
      outputs: {
        child: {
          workflowId: 'other',
          executionId: 'child:child',
          awaited: false,
          status: 'pending',
          startedAt: new Date(START_MS).toISOString(),
        },
      },
    },
  ]);
});
