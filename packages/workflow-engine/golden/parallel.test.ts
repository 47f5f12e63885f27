import { describe } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { crash, fail, golden, hang } from './golden.mock.ts';

const each = (more: string, inner = '') => `
- name: all
  type: parallel
  foreach: "{{ inputs.list }}"
  ${more}
  steps:
    - { name: call, type: files.list, connector-id: c1, with: { n: "\${{ foreach.item }}" }${inner} }
- { name: after, type: data.set, with: { s: "{{ steps.all.output.status }}", t: "\${{ steps.all.output.total }}", ok: "\${{ steps.all.output.succeeded }}", bad: "\${{ steps.all.output.failed }}", r: "\${{ steps.all.output.results | map: 'status' }}" } }
`;

describe('branches with names', () => {
  const two = (more = '') => `
- name: all
  type: parallel
  ${more}
  branches:
    - { name: a, steps: [{ name: one, type: files.list, connector-id: c1, with: { n: 1 } }] }
    - { name: __proto__, steps: [{ name: two, type: files.list, connector-id: c1, with: { n: 2 } }, { name: three, type: data.set, with: { n: 3 } }] }
- { name: after, type: data.set, with: { a: "\${{ steps.all.output.branches.a }}", b: "\${{ steps.all.output.branches.__proto__ }}", k: "\${{ steps.all.output.results | map: 'key' }}" } }
`;
  golden([
    {
      title: 'have the output of their last step',
      steps: two(),
      outcome: 'completed',
      trace: [
        'all[0]/one completed',
        'all[1]/two completed',
        'all[1]/three completed',
        'after completed',
      ],
      outputs: {
        after: {
          a: { status: 'completed', output: { n: 1 } },
          b: { status: 'completed', output: { n: 3 } },
          k: ['a', '__proto__'],
        },
      },
    },
    {
      title: 'show their errors with `settled`',
      steps: two('mode: settled'),
      calls: { one: [fail('A')] },
      outcome: 'completed',
      trace: [
        'all[0]/one failed',
        'all[1]/two completed',
        'all[1]/three completed',
        'after completed',
      ],
      outputs: {
        after: {
          a: { status: 'failed', error: { type: 'A', message: 'A failed' } },
          b: { status: 'completed', output: { n: 3 } },
          k: ['a', '__proto__'],
        },
      },
    },
  ]);
});

describe('`parallel` with `foreach`', () => {
  golden([
    {
      title: 'completes without members',
      steps: each(''),
      inputs: { list: [] },
      outcome: 'completed',
      trace: ['after completed'],
      outputs: { after: { s: 'completed', t: 0, ok: 0, bad: 0, r: [] } },
    },
    {
      title: 'runs a branch for each member, even for null and false',
      steps: each(''),
      inputs: { list: [0, '', null, false] },
      outcome: 'completed',
      trace: [
        'all[0]/call completed',
        'all[1]/call completed',
        'all[2]/call completed',
        'all[3]/call completed',
        'after completed',
      ],
    },
    {
      title: 'fails with a value that is not a list',
      steps: each(''),
      inputs: { list: 'x' },
      outcome: { status: 'failed', failedStep: 'all', error: { type: 'InvalidForeach' } },
      trace: ['all failed'],
    },
    {
      title: 'fails with more than 100 members',
      steps: each(''),
      inputs: { list: Array.from({ length: 101 }, (_, index) => index) },
      outcome: { status: 'failed', error: { type: 'ParallelFanOutExceedsLimit' } },
      trace: ['all failed'],
    },
    {
      title: 'starts no more branches after a failure with `fail-fast`, and keeps its output',
      steps: each('concurrency: 2\n  on-failure: { continue: true }'),
      inputs: { list: [1, 2, 3, 4] },
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: [
        'all[0]/call completed',
        'all[1]/call failed',
        'all[2]/call completed',
        'all failed',
        'after completed',
      ],
      outputs: {
        after: {
          s: 'failed',
          t: 4,
          ok: 2,
          bad: 1,
          r: ['completed', 'failed', 'completed', 'skipped'],
        },
      },
    },
    {
      title: 'runs all branches with `settled`, one after the other with `concurrency: 1`',
      steps: each('concurrency: 1\n  mode: settled'),
      inputs: { list: [1, 2, 3] },
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: [
        'all[0]/call failed',
        'all[1]/call completed',
        'all[2]/call completed',
        'after completed',
      ],
      outputs: {
        after: { s: 'failed', t: 3, ok: 2, bad: 1, r: ['failed', 'completed', 'completed'] },
      },
    },
    {
      title: 'retries a step inside a branch',
      steps: each('', ', on-failure: { retry: { max-attempts: 1 } }'),
      inputs: { list: [1, 2] },
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: [
        'all[0]/call failed',
        'all[1]/call completed',
        'all[0]/call@1 completed',
        'after completed',
      ],
    },
    {
      title: 'continues after a failure inside a branch, which then has no output',
      steps: `
- { name: all, type: parallel, foreach: [1], steps: [{ name: first, type: data.set, with: { n: 1 } }, { name: call, type: files.list, connector-id: c1, on-failure: { continue: true } }] }
- { name: after, type: data.set, with: { o: "\${{ steps.all.output.results[0].output }}" } }
`,
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['all[0]/first completed', 'all[0]/call failed', 'after completed'],
      outputs: { after: {} },
    },
    {
      title: 'ends one branch as timed out at its `branch-timeout`',
      steps: each('branch-timeout: 2s\n  mode: settled'),
      inputs: { list: [1, 2] },
      calls: { call: [hang()] },
      outcome: 'completed',
      trace: ['all[1]/call completed', 'after completed'],
      outputs: {
        after: { s: 'failed', t: 2, ok: 1, bad: 1, r: ['timed_out', 'completed'] },
      },
    },
    {
      title: 'runs loops, conditions and parallel steps in its branches',
      steps: `
- name: all
  type: parallel
  foreach: [1, 2]
  steps:
    - name: loop
      type: foreach
      foreach: [a, b]
      steps:
        - { name: stop, type: loop.break, if: "foreach.item : b" }
        - { name: inner, type: parallel, foreach: [x], steps: [{ name: leaf, type: data.set, with: { v: "{{ steps.loop.item }}{{ foreach.item }}" } }] }
`,
      outcome: 'completed',
      trace: [
        'all[0]/loop[0]/stop skipped',
        'all[1]/loop[0]/stop skipped',
        'all[0]/loop[0]/inner[0]/leaf completed',
        'all[1]/loop[0]/inner[0]/leaf completed',
      ],
      outputs: { leaf: { v: 'ax' } },
    },
  ]);
});

describe('branches', () => {
  golden([
    {
      title: 'read their own steps, and not those of other branches',
      steps: `
- name: all
  type: parallel
  foreach: [1, 2, 3]
  steps:
    - { name: call, type: files.list, connector-id: c1, with: { n: "\${{ foreach.item }}" } }
    - { name: pause, type: wait, with: { duration: 1s } }
    - { name: set, type: data.set, with: { n: "\${{ steps.call.output.n }}" } }
- { name: after, type: data.set, with: { n: "\${{ steps.all.output.results | map: 'output' | map: 'n' }}", last: "\${{ steps.set.output.n }}" } }
`,
      outcome: 'completed',
      trace: [
        'all[0]/call completed',
        'all[1]/call completed',
        'all[2]/call completed',
        'all[0]/pause completed',
        'all[0]/set completed',
        'all[1]/pause completed',
        'all[1]/set completed',
        'all[2]/pause completed',
        'all[2]/set completed',
        'after completed',
      ],
      outputs: { after: { n: [1, 2, 3], last: 3 } },
    },
    {
      title: 'see only their own variables, which are merged in the order of the branches',
      steps: `
- { name: before, type: data.set, with: { v: 0, w: 0 } }
- name: all
  type: parallel
  branches:
    - { name: a, steps: [{ name: a1, type: wait, with: { duration: 1s } }, { name: a2, type: data.set, with: { v: 1, w: 1, saw: "\${{ variables.v }}" } }] }
    - { name: b, steps: [{ name: b1, type: data.set, with: { v: 0 } }] }
- { name: after, type: data.set, with: { v: "\${{ variables.v }}", w: "\${{ variables.w }}" } }
`,
      outcome: 'completed',
      trace: [
        'before completed',
        'all[1]/b1 completed',
        'all[0]/a1 completed',
        'all[0]/a2 completed',
        'after completed',
      ],
      outputs: { a2: { v: 1, w: 1, saw: 0 }, after: { v: 0, w: 1 } },
    },
  ]);
});

describe('`workflow.output` in a branch', () => {
  const race = `
- name: all
  type: parallel
  branches:
    - { name: a, steps: [{ name: slow, type: wait, with: { duration: 3s } }, { name: outA, type: workflow.output, with: { x: a } }] }
    - { name: b, steps: [{ name: quick, type: files.list, connector-id: c1 }, { name: outB, type: workflow.output, with: { x: b } }] }
- { name: never, type: data.set, with: { x: 1 } }
`;
  golden([
    {
      title: 'ends the run and cancels the other branches',
      steps: race,
      outcome: { status: 'completed', output: { x: 'b' } },
      trace: ['all[1]/quick completed', 'all[1]/outB completed'],
    },
    {
      title: 'ends it in the same way when the run is continued later',
      steps: race,
      resume: [{ afterSeconds: 3_600 }],
      outcome: { status: 'completed', output: { x: 'b' } },
      trace: ['all[1]/quick completed', 'all[1]/outB completed'],
      called: ['quick'],
    },
  ]);
});

describe('branches that wait', () => {
  golden([
    {
      title: 'leave memory together, and each continues at its own time',
      steps: `
- name: all
  type: parallel
  branches:
    - { name: a, steps: [{ name: a1, type: wait, with: { duration: 1h } }, { name: a2, type: files.create, connector-id: c1 }] }
    - { name: b, steps: [{ name: b1, type: wait, with: { duration: 2h } }, { name: b2, type: files.create, connector-id: c1 }] }
`,
      resume: [{ afterSeconds: 3_600 }],
      outcome: { kind: 'waiting', waits: [{ stepKey: 'all[1]/b1', wakeAt: START_MS + 7_200_000 }] },
      trace: ['all[0]/a1 completed', 'all[0]/a2 completed'],
    },
    {
      title: 'count towards the limit of `concurrency`',
      steps: each('concurrency: 1', ', if: "foreach.item > 5"').replace(
        '    - { name: call',
        '    - { name: pause, type: wait, with: { duration: 1h } }\n    - { name: call',
      ),
      inputs: { list: [1, 2] },
      outcome: { kind: 'waiting', waits: [{ stepKey: 'all[0]/pause' }] },
      trace: [],
    },
    {
      title: 'do not count towards the limit of `concurrency` with `count-waiting: false`',
      steps: `
- name: all
  type: parallel
  foreach: [1, 2]
  concurrency: { max: 1, count-waiting: false }
  steps: [{ name: pause, type: wait, with: { duration: 1h } }]
`,
      outcome: {
        kind: 'waiting',
        waits: [{ stepKey: 'all[0]/pause' }, { stepKey: 'all[1]/pause' }],
        steps: [
          {
            key: 'all[0]/pause',
            name: 'pause',
            type: 'wait',
            scopes: [{ step: 'all', kind: 'branch', index: 0 }],
            startedAt: new Date(START_MS).toISOString(),
          },
          { key: 'all[1]/pause', scopes: [{ step: 'all', kind: 'branch', index: 1 }] },
        ],
      },
      trace: [],
    },
  ]);
});

describe('a continued `parallel`', () => {
  golden([
    {
      title: 'does not start a branch that was not started because of a failure',
      steps: `
- name: all
  type: parallel
  foreach: [1, 2, 3]
  concurrency: 2
  on-failure: { continue: true }
  steps:
    - name: which
      type: if
      condition: "foreach.item : 2"
      steps:
        - { name: s1, type: data.set, with: { x: 1 } }
        - { name: s2, type: data.set, with: { x: 1 } }
        - { name: s3, type: data.set, with: { x: 1 } }
        - { name: bad, type: files.list, connector-id: c1 }
      else: [{ name: pause, type: wait, with: { duration: 3s } }]
- { name: last, type: files.create, connector-id: c1, on-interrupted: retry }
`,
      calls: { bad: [fail('A')], last: [crash()] },
      resume: [{}],
      outcome: 'completed',
      trace: [
        'all[1]/s1 completed',
        'all[1]/s2 completed',
        'all[1]/s3 completed',
        'all[1]/bad failed',
        'all[0]/pause completed',
        'all failed',
        'last completed',
      ],
      called: ['bad', 'last', 'last'],
    },
  ]);
});
