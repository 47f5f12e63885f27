import { describe } from 'vitest';
import { fail, golden } from './golden.mock.ts';

describe('`if`', () => {
  const choose = (condition: string) => `
- name: choose
  type: if
  condition: ${condition}
  steps: [{ name: yes, type: data.set, with: { x: 1 } }]
  else: [{ name: no, type: data.set, with: { x: 1 } }]
`;
  golden([
    {
      title: 'takes `steps` when an expression is true',
      steps: choose(`"\${{ inputs.value > 2 }}"`),
      inputs: { value: 3 },
      outcome: 'completed',
      trace: ['yes completed'],
    },
    {
      title: 'takes `else` when KQL is false',
      steps: choose('"inputs.value : a*"'),
      inputs: { value: 'b' },
      outcome: 'completed',
      trace: ['no completed'],
    },
    {
      title: 'takes `else` when the value is missing',
      steps: choose(`"\${{ inputs.value }}"`),
      outcome: 'completed',
      trace: ['no completed'],
    },
    {
      title: 'runs nothing when the condition is false and there is no `else`',
      steps: `
- { name: choose, type: if, condition: false, steps: [{ name: yes, type: data.set, with: { x: 1 } }] }
- { name: after, type: data.set, with: { x: 2 } }
`,
      outcome: 'completed',
      trace: ['after completed'],
    },
    {
      title: 'fails when the condition is a number',
      steps: choose(`"\${{ inputs.value }}"`),
      inputs: { value: 3 },
      outcome: { status: 'failed', failedStep: 'choose', error: { type: 'InvalidCondition' } },
      trace: ['choose failed'],
    },
    {
      title: 'can be nested',
      steps: `
- name: outer
  type: if
  condition: true
  steps:
    - { name: inner, type: if, condition: "inputs.value : 1", steps: [{ name: deep, type: data.set, with: { x: 1 } }] }
    - { name: last, type: data.set, with: { x: "\${{ steps.deep.output.x }}" } }
`,
      inputs: { value: 1 },
      outcome: 'completed',
      trace: ['deep completed', 'last completed'],
      outputs: { last: { x: 1 } },
    },
  ]);
});

describe('`if` of a step', () => {
  golden([
    {
      title: 'skips the step when it is false',
      steps: `
- { name: a, type: files.create, connector-id: c1, if: "inputs.value : 1" }
- { name: b, type: data.set, with: { x: "{{ steps.a.output }}" } }
`,
      inputs: { value: 2 },
      outcome: 'completed',
      trace: ['a skipped', 'b completed'],
      outputs: { b: { x: '' } },
      called: [],
    },
    {
      title: 'skips a loop, a parallel step and a wait',
      steps: `
- { name: a, type: foreach, foreach: [1], if: false, steps: [{ name: a1, type: data.set, with: { x: 1 } }] }
- { name: b, type: wait, if: false, with: { duration: 1h } }
- name: c
  type: parallel
  if: false
  foreach: [1]
  steps: [{ name: c1, type: data.set, with: { x: 1 } }]
`,
      outcome: 'completed',
      trace: ['a skipped', 'b skipped', 'c skipped'],
    },
    {
      title: 'does not see the members of the `foreach` of the same step',
      steps: `
- { name: a, type: data.set, if: "foreach.item : 1", foreach: [1, 2], with: { x: 1 } }
`,
      outcome: 'completed',
      trace: ['a skipped'],
    },
    {
      title: 'follows the `on-failure` of the step when it fails',
      steps: `
- { name: a, type: data.set, if: "\${{ inputs.value }}", on-failure: { continue: true }, with: { x: 1 } }
- { name: b, type: data.set, with: { x: "{{ steps.a.error.type }}" } }
`,
      inputs: { value: 5 },
      outcome: 'completed',
      trace: ['a failed', 'b completed'],
      outputs: { b: { x: 'InvalidCondition' } },
    },
  ]);
});

describe('`switch`', () => {
  const choose = `
- name: choose
  type: switch
  expression: "\${{ inputs.value }}"
  cases:
    - { match: "1", steps: [{ name: one, type: data.set, with: { x: 1 } }] }
    - { match: 1, steps: [{ name: again, type: data.set, with: { x: 1 } }] }
    - { match: true, steps: [{ name: yes, type: data.set, with: { x: 1 } }] }
    - { match: "{{ inputs.query }}", steps: [{ name: rendered, type: data.set, with: { x: 1 } }] }
  default:
    - { name: other, type: data.set, with: { x: 1 } }
- { name: state, type: data.set, with: { v: "\${{ steps.choose.matchedValue }}", i: "\${{ steps.choose.matchedIndex }}" } }
`;
  golden([
    {
      title: 'takes the first case that is equal as text',
      steps: choose,
      inputs: { value: 1 },
      outcome: 'completed',
      trace: ['one completed', 'state completed'],
      outputs: { state: { v: '1', i: 0 } },
    },
    {
      title: 'compares booleans as text',
      steps: choose,
      inputs: { value: 'true' },
      outcome: 'completed',
      trace: ['yes completed', 'state completed'],
      outputs: { state: { v: true, i: 2 } },
    },
    {
      title: 'renders the `match` of a case',
      steps: choose,
      inputs: { value: 'q', query: 'q' },
      outcome: 'completed',
      trace: ['rendered completed', 'state completed'],
      outputs: { state: { v: 'q', i: 3 } },
    },
    {
      title: 'takes `default` when no case is equal',
      steps: choose,
      inputs: { value: 'z' },
      outcome: 'completed',
      trace: ['other completed', 'state completed'],
      outputs: { state: { i: -1 } },
    },
    {
      title: 'continues when no case is equal and there is no `default`',
      steps: `
- { name: choose, type: switch, expression: a, cases: [{ match: b, steps: [{ name: b, type: data.set, with: { x: 1 } }] }] }
- { name: after, type: data.set, with: { x: 1 } }
`,
      outcome: 'completed',
      trace: ['after completed'],
    },
  ]);
});

describe('the names of steps', () => {
  golden([
    {
      title: 'may be those of properties of JavaScript objects',
      steps: `
- { name: constructor, type: data.set, with: { toString: 1, __proto__: 2 } }
- { name: __proto__, type: data.set, with: { x: "\${{ steps.constructor.output.toString }}" } }
- { name: last, type: data.set, with: { a: "\${{ steps.__proto__.output.x }}", b: "\${{ variables.toString }}", c: "\${{ variables.__proto__ }}", d: "\${{ variables.valueOf }}" } }
`,
      outcome: 'completed',
      trace: ['constructor completed', '__proto__ completed', 'last completed'],
      outputs: { last: { a: 1, b: 1, c: 2 } },
    },
    {
      title: 'may contain characters that separate the parts of record keys',
      steps: `
- { name: a, type: files.list, connector-id: c1, on-failure: { retry: { max-attempts: 1 } } }
- { name: "a@1", type: data.set, with: { x: 1 } }
- { name: loop, type: foreach, foreach: [1], steps: [{ name: b, type: data.set, with: { x: 2 } }] }
- { name: "loop[0]/b", type: data.set, with: { x: 3 } }
- { name: two words é, type: data.set, with: { x: 4 } }
`,
      calls: { a: [fail()] },
      outcome: 'completed',
      trace: [
        'a failed',
        'a@1 completed',
        'a%401 completed',
        'loop[0]/b completed',
        'loop%5b0%5d%2fb completed',
        'two words é completed',
      ],
      outputs: { 'a@1': { x: 1 }, 'loop[0]/b': { x: 3 }, 'two words é': { x: 4 } },
    },
  ]);
});

describe('keys that a step type does not have', () => {
  golden([
    {
      title: 'are ignored: `timeout`, `foreach` and `on-failure`',
      steps: `
- { name: pause, type: wait, foreach: [1, 2], timeout: 1s, with: { duration: 3s } }
- name: choose
  type: if
  condition: true
  timeout: 1s
  foreach: [1, 2]
  steps: [{ name: again, type: workflow.fail, on-failure: { continue: true }, with: { message: stop } }]
`,
      outcome: { status: 'failed', failedStep: 'again', error: { message: 'stop' } },
      trace: ['pause completed', 'again failed'],
    },
  ]);
});
