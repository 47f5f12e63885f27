import { describe } from 'vitest';
import { fail, golden, hang } from './golden.mock.ts';

const loop = (list: string, more = '') => `
- name: loop
  type: foreach
  foreach: ${list}
  ${more}
  steps: [{ name: body, type: data.set, with: { x: "\${{ foreach.item }}" } }]
- { name: after, type: data.set, with: { t: "\${{ steps.loop.total }}", i: "\${{ steps.loop.index }}", x: "\${{ steps.loop.item }}", all: "\${{ steps.loop.items }}", e: "{{ steps.loop.error.type }}" } }
`;
const BODY_TWICE = ['loop[0]/body completed', 'loop[1]/body completed', 'after completed'];
const AB = { t: 2, i: 1, x: 'b', all: ['a', 'b'], e: '' };

describe('the list of `foreach`', () => {
  golden([
    {
      title: 'may be a list with templates',
      steps: loop('["a", "{{ inputs.value }}"]'),
      inputs: { value: 'b' },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be an expression that keeps its type',
      steps: loop(`"\${{ inputs.list }}"`),
      inputs: { list: ['a', 'b'] },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be an expression in `{{ }}`',
      steps: loop('"{{ inputs.list }}"'),
      inputs: { list: ['a', 'b'] },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be a path',
      steps: loop('inputs.list'),
      inputs: { list: ['a', 'b'] },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be a path with an index',
      steps: loop('inputs.value[0].sub-list'),
      inputs: { value: [{ 'sub-list': ['a', 'b'] }] },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be JSON text',
      steps: loop(`'["a", "b"]'`),
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be a template that gives JSON text',
      steps: loop('"{{ inputs.list | json }}"'),
      inputs: { list: ['a', 'b'] },
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: AB },
    },
    {
      title: 'may be text with several templates that gives JSON text',
      steps: loop(`'[{{ inputs.value }}, {{ inputs.value }}]'`),
      inputs: { value: 7 },
      outcome: 'completed',
      trace: BODY_TWICE,
    },
    {
      title: 'may be empty',
      steps: loop('"{{ inputs.list }}"'),
      inputs: { list: [] },
      outcome: 'completed',
      trace: ['after completed'],
      outputs: { after: { t: 0, all: [], e: '' } },
    },
    {
      title: 'keeps falsy members',
      steps: loop('"{{ inputs.list }}"'),
      inputs: { list: [0, '', false, null] },
      outcome: 'completed',
      trace: [0, 1, 2, 3].map((index) => `loop[${index}]/body completed`).concat('after completed'),
      outputs: { after: { t: 4, i: 3, x: null, all: [0, '', false, null], e: '' } },
    },
    ...[
      ['missing', undefined],
      ['an object', { a: 1 }],
      ['a number', 5],
      ['other text', 'a,b'],
      ['JSON text of no list', '{"a":1}'],
      ['null', null],
      ['text that is a path', 'inputs.list'],
    ].map(([kind, value]) => ({
      title: `fails when it is ${String(kind)}`,
      steps: loop('"{{ inputs.value }}"'),
      inputs: { value, list: [1] },
      outcome: { status: 'failed', failedStep: 'loop', error: { type: 'InvalidForeach' } },
      trace: ['loop failed'],
    })),
    {
      title: 'is evaluated once',
      steps: `
- { name: first, type: data.set, with: { list: [1, 2] } }
- name: loop
  type: foreach
  foreach: variables.list
  steps: [{ name: body, type: data.set, with: { list: [] } }]
`,
      outcome: 'completed',
      trace: ['first completed', 'loop[0]/body completed', 'loop[1]/body completed'],
    },
  ]);
});

describe('`max-iterations` of `foreach`', () => {
  golden([
    {
      title: 'ends the loop without a failure by default',
      steps: loop('[1, 2, 3]', 'max-iterations: 2'),
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: { t: 3, i: 1, x: 2, all: [1, 2, 3], e: '' } },
    },
    {
      title: 'fails the loop with `on-limit: fail` when members are left',
      steps: loop(
        '[1, 2, 3]',
        'max-iterations: { limit: 2, on-limit: fail }\n  on-failure: { continue: true }',
      ),
      outcome: 'completed',
      trace: [...BODY_TWICE.slice(0, 2), 'loop failed', 'after completed'],
      outputs: { after: { e: 'MaxIterationsExceeded' } },
    },
    {
      title: 'is not reached when no member is left',
      steps: loop('[1, 2]', 'max-iterations: { limit: 2, on-limit: fail }'),
      outcome: 'completed',
      trace: BODY_TWICE,
    },
  ]);
});

describe('an iteration', () => {
  const calls = (more: string) => `
- name: loop
  type: foreach
  foreach: [1, 2, 3]
  ${more}
  steps: [{ name: call, type: files.create, connector-id: c1, with: { n: "\${{ foreach.item }}" } }]
`;
  golden([
    {
      title: 'ends the loop when it fails',
      steps: calls(''),
      calls: { call: [1, fail('A')] },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'A' } },
      trace: ['loop[0]/call completed', 'loop[1]/call failed'],
    },
    {
      title: 'may fail with `iteration-on-failure: continue`',
      steps: calls('iteration-on-failure: { continue: true }'),
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: ['loop[0]/call completed', 'loop[1]/call failed', 'loop[2]/call completed'],
    },
    {
      title: 'is repeated with `iteration-on-failure: retry`',
      steps: calls('iteration-on-failure: { retry: { max-attempts: 1 } }'),
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: [
        'loop[0]/call completed',
        'loop[1]/call failed',
        'loop[1]@1/call completed',
        'loop[2]/call completed',
      ],
    },
    {
      title: 'has a fallback that reads the member and the error',
      steps: calls(
        'iteration-on-failure: { continue: true, fallback: [{ name: fix, type: data.set, with: { t: "{{ error.type }}{{ foreach.item }}" } }] }',
      ),
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: [
        'loop[0]/call completed',
        'loop[1]/call failed',
        'loop[1]!/fix completed',
        'loop[2]/call completed',
      ],
      outputs: { fix: { t: 'A2' } },
    },
    {
      title: 'has a fallback that leaves the loop',
      steps: calls('iteration-on-failure: { fallback: [{ name: stop, type: loop.break }] }'),
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: ['loop[0]/call completed', 'loop[1]/call failed'],
    },
    {
      title: 'fails after `iteration-timeout`',
      steps: calls('iteration-timeout: 2s'),
      calls: { call: [1, hang()] },
      outcome: { status: 'failed', failedStep: 'loop', error: { type: 'StepTimeout' } },
      trace: ['loop[0]/call completed', 'loop failed'],
    },
    {
      title: 'has its own time limit, after which the loop continues with `continue`',
      steps: calls('iteration-timeout: 2s\n  iteration-on-failure: { continue: true }'),
      calls: { call: [hang(), 1, hang()] },
      outcome: 'completed',
      trace: ['loop[1]/call completed'],
    },
  ]);
});

describe('`loop.break` and `loop.continue`', () => {
  golden([
    {
      title: 'act on the nearest loop, from inside `switch` and `if`',
      steps: `
- name: outer
  type: foreach
  foreach: [a, b]
  steps:
    - name: inner
      type: foreach
      foreach: [1, 2, 3]
      steps:
        - name: choose
          type: switch
          expression: "{{ foreach.item }}"
          cases:
            - { match: 1, steps: [{ name: if, type: if, condition: true, steps: [{ name: next, type: loop.continue }] }] }
            - { match: 3, steps: [{ name: stop, type: loop.break }] }
        - { name: body, type: data.set, with: { x: "{{ steps.outer.item }}{{ foreach.item }}" } }
    - { name: end, type: data.set, with: { x: "{{ foreach.item }}" } }
`,
      outcome: 'completed',
      trace: [
        'outer[0]/inner[1]/body completed',
        'outer[0]/end completed',
        'outer[1]/inner[1]/body completed',
        'outer[1]/end completed',
      ],
      outputs: { body: { x: 'b2' }, end: { x: 'b' } },
    },
    {
      title: 'act only if their `if` is true',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2, 3]
  steps:
    - { name: stop, type: loop.break, if: "foreach.index : 1" }
    - { name: body, type: data.set, with: { x: 1 } }
`,
      outcome: 'completed',
      trace: ['loop[0]/stop skipped', 'loop[0]/body completed'],
    },
  ]);
});

describe('`while`', () => {
  const until = (condition: string, more = '', steps = '') => `
- name: loop
  type: while
  condition: ${condition}
  ${more}
  steps:
    - { name: body, type: data.set, with: { n: "\${{ while.iteration }}" } }${steps}
- { name: after, type: data.set, with: { why: "{{ steps.loop.output.exitReason }}", n: "\${{ variables.n }}", e: "{{ steps.loop.error.type }}" } }
`;
  golden([
    {
      title: 'runs once when its condition is false',
      steps: until('false'),
      outcome: 'completed',
      trace: ['loop[0]/body completed', 'after completed'],
      outputs: { after: { why: 'condition', n: 0, e: '' } },
    },
    {
      title: 'tests its condition with the number of the next iteration',
      steps: until('"while.iteration < 2"'),
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: { why: 'condition', n: 1, e: '' } },
    },
    {
      title: 'ends at `max-iterations`',
      steps: until('true', 'max-iterations: 2'),
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: { why: 'max-iterations', n: 1, e: '' } },
    },
    {
      title: 'fails at `max-iterations` with `on-limit: fail`',
      steps: until(
        'true',
        'max-iterations: { limit: 2, on-limit: fail }\n  on-failure: { continue: true }',
      ),
      outcome: 'completed',
      trace: [...BODY_TWICE.slice(0, 2), 'loop failed', 'after completed'],
      outputs: { after: { why: '', n: 1, e: 'MaxIterationsExceeded' } },
    },
    {
      title:
        'does not fail at `max-iterations` when its condition is false after the last iteration',
      steps: until('"while.iteration < 2"', 'max-iterations: { limit: 2, on-limit: fail }'),
      outcome: 'completed',
      trace: BODY_TWICE,
      outputs: { after: { why: 'condition', n: 1, e: '' } },
    },
    {
      title: 'reads the results of the iteration in its condition',
      steps: until('"steps.body.output.n < 1"'),
      outcome: 'completed',
      trace: BODY_TWICE,
    },
    {
      title: 'fails with the error of its condition',
      steps: until(`"\${{ while.iteration }}"`),
      outcome: { status: 'failed', failedStep: 'loop', error: { type: 'InvalidCondition' } },
      trace: ['loop[0]/body completed', 'loop failed'],
    },
    {
      title: 'tests its condition after `loop.continue`',
      steps: `
- name: loop
  type: while
  condition: "while.iteration < 2"
  steps:
    - { name: body, type: data.set, with: { n: 1 } }
    - { name: next, type: loop.continue }
    - { name: never, type: data.set, with: { n: 1 } }
- { name: after, type: data.set, with: { n: 1 } }
`,
      outcome: 'completed',
      trace: BODY_TWICE,
    },
    {
      title: 'runs inside `foreach`, and reads the state of both loops',
      steps: `
- name: outer
  type: foreach
  foreach: [a, b]
  steps:
    - name: inner
      type: while
      condition: "while.iteration < 2 and foreach.item : a"
      steps: [{ name: body, type: data.set, with: { x: "{{ foreach.item }}{{ while.iteration }}" } }]
`,
      outcome: 'completed',
      trace: [
        'outer[0]/inner[0]/body completed',
        'outer[0]/inner[1]/body completed',
        'outer[1]/inner[0]/body completed',
      ],
      outputs: { body: { x: 'b0' } },
    },
  ]);
});

describe('`foreach` of a step', () => {
  const each = (list: string, more = '') => `
- { name: call, type: files.create, connector-id: c1, foreach: ${list}, with: { n: "\${{ foreach.item }}" }${more} }
- { name: after, type: data.set, with: { n: "\${{ steps.call.output.n }}", e: "{{ steps.call.error.type }}" } }
`;
  golden([
    {
      title: 'executes the step for each member and keeps the last output',
      steps: each('[1, 0]'),
      outcome: 'completed',
      trace: ['call[0]/call completed', 'call[1]/call completed', 'after completed'],
      outputs: { after: { n: 0, e: '' } },
    },
    {
      title: 'does not execute the step when the list is empty',
      steps: each('[]'),
      outcome: 'completed',
      trace: ['after completed'],
    },
    {
      title: 'ends at the first failure, even with `continue`',
      steps: each('[1, 2, 3]', ', on-failure: { continue: true }'),
      calls: { call: [1, fail('A')] },
      outcome: 'completed',
      trace: ['call[0]/call completed', 'call[1]/call failed', 'after completed'],
      outputs: { after: { e: 'A' } },
    },
    {
      title: 'has one time limit for all members, inside `if` and `retry`',
      steps: each(
        '[1, 2]',
        `, if: "\${{ true }}", timeout: 2s, on-failure: { retry: { max-attempts: 1 } }`,
      ),
      calls: { call: [1, hang()] },
      outcome: 'completed',
      trace: [
        'call[0]/call completed',
        'call failed',
        'call@1[0]/call completed',
        'call@1[1]/call completed',
        'after completed',
      ],
    },
    {
      title: 'fails when the value is not a list',
      steps: each('"{{ inputs.value }}"'),
      inputs: { value: 1 },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'InvalidForeach' } },
      trace: ['call failed'],
    },
    {
      title: 'hides the member of the loop around it',
      steps: `
- name: loop
  type: foreach
  foreach: [a]
  steps:
    - { name: set, type: data.set, foreach: [b], with: { x: "{{ foreach.item }}{{ steps.loop.item }}" } }
    - { name: later, type: data.set, with: { x: "{{ foreach.item }}" } }
`,
      outcome: 'completed',
      trace: ['loop[0]/set[0]/set completed', 'loop[0]/later completed'],
      outputs: { set: { x: 'ba' }, later: { x: 'a' } },
    },
  ]);
});
