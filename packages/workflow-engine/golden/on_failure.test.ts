import { describe } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { fail, golden, hang } from './golden.mock.ts';

const call = (policy: string) => `
- name: call
  type: files.create
  connector-id: c1
  with: { n: 1 }
  on-failure: ${policy}
- { name: after, type: data.set, with: { e: "{{ steps.call.error.type }}", n: "\${{ steps.call.output.n }}" } }
`;
const FIX = '[{ name: fix, type: data.set, with: { e: "{{ error.type }}" } }]';

describe('`retry`', () => {
  golden([
    {
      title: 'executes a step once and repeats it at most max-attempts times',
      steps: call('{ retry: { max-attempts: 2 } }'),
      calls: { call: [fail('A'), fail('B'), fail('C'), fail('D')] },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'C' } },
      trace: ['call failed', 'call@1 failed', 'call@2 failed'],
    },
    {
      title: 'ends when an attempt succeeds, and leaves no error',
      steps: call('{ retry: { max-attempts: 5 } }'),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['call failed', 'call@1 completed', 'after completed'],
      outputs: { after: { e: '', n: 1 } },
    },
    {
      title: 'does not begin when its condition is false',
      steps: call('{ retry: { max-attempts: 5, condition: "error.type : B" } }'),
      calls: { call: [fail('A')] },
      outcome: { status: 'failed', error: { type: 'A' } },
      trace: ['call failed'],
    },
    {
      title: 'reads the error of the step in its condition',
      steps: call(
        `{ retry: { max-attempts: 5, condition: "\${{ steps.call.error.type == 'A' }}" } }`,
      ),
      calls: { call: [fail('A'), fail('B')] },
      outcome: { status: 'failed', error: { type: 'B' } },
      trace: ['call failed', 'call@1 failed'],
    },
    {
      title: 'fails with the error of its condition',
      steps: call(`{ retry: { max-attempts: 5, condition: "\${{ error.message | size }}" } }`),
      calls: { call: [fail('A')] },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'InvalidCondition' } },
      trace: ['call failed'],
    },
    {
      title: 'makes the run leave memory during a long delay',
      steps: call('{ retry: { max-attempts: 1, delay: 1m } }'),
      calls: { call: [fail()] },
      outcome: { kind: 'waiting', waits: [{ kind: 'time', wakeAt: START_MS + 60_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'continues after a long delay',
      steps: call('{ retry: { max-attempts: 1, delay: 1m } }'),
      calls: { call: [fail()] },
      resume: [{ afterSeconds: 30 }, { afterSeconds: 30 }],
      outcome: 'completed',
      trace: ['call failed', 'call@1 completed', 'after completed'],
      called: ['call', 'call'],
    },
    {
      title: 'doubles an exponential delay up to max-delay',
      steps: call(
        '{ retry: { max-attempts: 3, strategy: exponential, delay: 40s, max-delay: 1m } }',
      ),
      calls: { call: [fail(), fail()] },
      resume: [{ afterSeconds: 40 }],
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 100_000 }] },
      trace: ['call failed', 'call@1 failed'],
    },
    {
      title: 'does not apply max-delay to a fixed delay',
      steps: call('{ retry: { max-attempts: 3, delay: 40s, max-delay: 10s } }'),
      calls: { call: [fail()] },
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 40_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'repeats immediately when the service asks for an instant that no Date can represent',
      steps: call('{ retry: { max-attempts: 1 } }'),
      calls: { call: [fail('Limit', new Date(Number.NaN))] },
      outcome: 'completed',
      trace: ['call failed', 'call@1 completed', 'after completed'],
    },
    {
      title: 'waits at most 1 hour when the service asks for more',
      steps: call('{ retry: { max-attempts: 1 } }'),
      calls: { call: [fail('Limit', new Date(8.64e15))] },
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 3_600_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'waits as long as `max-delay` when the service asks for more',
      steps: call('{ retry: { max-attempts: 1, max-delay: 2d } }'),
      calls: { call: [fail('Limit', new Date(8.64e15))] },
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 2 * 86_400_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'waits as long as the service asks for',
      steps: call('{ retry: { max-attempts: 3, delay: 1s } }'),
      calls: { call: [fail('Limit', new Date(START_MS + 90_000))] },
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 90_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'waits no longer than max-delay for the service',
      steps: call('{ retry: { max-attempts: 3, delay: 1s, max-delay: 20s } }'),
      calls: { call: [fail('Limit', new Date(START_MS + 90_000))] },
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 20_000 }] },
      trace: ['call failed'],
    },
    {
      title: 'evaluates the `if` of the step for each attempt',
      steps: `
- { name: call, type: files.create, connector-id: c1, if: "not steps.call.error : *", on-failure: { retry: { max-attempts: 3 } } }
`,
      calls: { call: [fail()] },
      outcome: 'completed',
      trace: ['call failed', 'call@1 skipped'],
    },
    {
      title: 'begins the `foreach` of the step again',
      steps: `
- { name: call, type: files.create, connector-id: c1, foreach: [1, 2], with: { n: "\${{ foreach.item }}" }, on-failure: { retry: { max-attempts: 1 } } }
`,
      calls: { call: ['a', fail()] },
      outcome: 'completed',
      trace: [
        'call[0]/call completed',
        'call[1]/call failed',
        'call@1[0]/call completed',
        'call@1[1]/call completed',
      ],
    },
    {
      title: 'repeats all steps of a loop',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  on-failure: { retry: { max-attempts: 1 } }
  steps: [{ name: call, type: files.create, connector-id: c1 }]
`,
      calls: { call: ['a', fail()] },
      outcome: 'completed',
      trace: [
        'loop[0]/call completed',
        'loop[1]/call failed',
        'loop@1[0]/call completed',
        'loop@1[1]/call completed',
      ],
    },
  ]);
});

describe('`fallback`', () => {
  golden([
    {
      title: 'runs after the last attempt and does not hide the failure',
      steps: call(`{ retry: { max-attempts: 1 }, fallback: ${FIX} }`),
      calls: { call: [fail('A'), fail('B')] },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'B' } },
      trace: ['call failed', 'call@1 failed', 'call!/fix completed'],
      outputs: { fix: { e: 'B' } },
    },
    {
      title: 'is followed by the next step with `continue`',
      steps: call(`{ fallback: ${FIX}, continue: true }`),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['call failed', 'call!/fix completed', 'after completed'],
      outputs: { after: { e: 'A' } },
    },
    {
      title: 'fails with its own error',
      steps: call('{ fallback: [{ name: fix, type: files.create, connector-id: c1 }] }'),
      calls: { call: [fail('A')], fix: [fail('B')] },
      outcome: { status: 'failed', failedStep: 'fix', error: { type: 'B' } },
      trace: ['call failed', 'call!/fix failed'],
    },
    {
      title: 'may fail without ending the run when `continue` is set',
      steps: call(
        '{ fallback: [{ name: fix, type: files.create, connector-id: c1 }], continue: true }',
      ),
      calls: { call: [fail('A')], fix: [fail('B')] },
      outcome: 'completed',
      trace: ['call failed', 'call!/fix failed', 'after completed'],
      outputs: { after: { e: 'A' } },
    },
    {
      title: 'contains a loop that reads the error',
      steps: call(
        '{ fallback: [{ name: loop, type: foreach, foreach: [1, 2], steps: [{ name: fix, type: data.set, with: { e: "{{ error.type }}{{ foreach.item }}" } }] }], continue: true }',
      ),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: [
        'call failed',
        'call!/loop[0]/fix completed',
        'call!/loop[1]/fix completed',
        'after completed',
      ],
      outputs: { fix: { e: 'A2' } },
    },
    {
      title: 'ends the run with outputs',
      steps: call(
        '{ fallback: [{ name: end, type: workflow.output, with: { e: "{{ error.type }}" } }] }',
      ),
      calls: { call: [fail('A')] },
      outcome: { status: 'completed', output: { e: 'A' } },
      trace: ['call failed', 'call!/end completed'],
    },
    {
      title: 'leaves a loop',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  steps: [{ name: call, type: files.create, connector-id: c1, on-failure: { fallback: [{ name: stop, type: loop.break }] } }]
`,
      calls: { call: [fail()] },
      outcome: 'completed',
      trace: ['loop[0]/call failed'],
    },
  ]);
});

describe('`continue`', () => {
  golden([
    {
      title: 'continues with the next step, with the error and without an output',
      steps: call('{ continue: true }'),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['call failed', 'after completed'],
      outputs: { after: { e: 'A' } },
    },
    {
      title: 'may be a template that is true',
      steps: call(`{ continue: "\${{ error.type == 'A' }}" }`),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['call failed', 'after completed'],
    },
    {
      title: 'may be a template that is false',
      steps: call(`{ continue: "\${{ error.type == 'B' }}" }`),
      calls: { call: [fail('A')] },
      outcome: { status: 'failed', error: { type: 'A' } },
      trace: ['call failed'],
    },
    {
      title: 'may be KQL',
      steps: call('{ continue: "error.type : A*" }'),
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['call failed', 'after completed'],
    },
    {
      title: 'fails with the error of its template',
      steps: call(`{ continue: "\${{ error.message | size }}" }`),
      calls: { call: [fail('A')] },
      outcome: { status: 'failed', failedStep: 'call', error: { type: 'InvalidCondition' } },
      trace: ['call failed'],
    },
    {
      title: 'applies to a loop, whose state then has the error',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  on-failure: { continue: true }
  steps: [{ name: call, type: files.create, connector-id: c1 }]
- { name: after, type: data.set, with: { e: "{{ steps.loop.error.type }}" } }
`,
      calls: { call: [fail('A')] },
      outcome: 'completed',
      trace: ['loop[0]/call failed', 'after completed'],
      outputs: { after: { e: 'A' } },
    },
    {
      title: 'applies to a loop without a list',
      steps: `
- { name: loop, type: foreach, foreach: "{{ inputs.list }}", on-failure: { continue: true }, steps: [{ name: a, type: data.set, with: { x: 1 } }] }
- { name: after, type: data.set, with: { e: "{{ steps.loop.error.type }}" } }
`,
      outcome: 'completed',
      trace: ['loop failed', 'after completed'],
      outputs: { after: { e: 'InvalidForeach' } },
    },
    {
      title: 'applies to a time limit',
      steps: `
- { name: call, type: files.create, connector-id: c1, timeout: 2s, on-failure: { continue: true } }
- { name: after, type: data.set, with: { e: "{{ steps.call.error.type }}" } }
`,
      calls: { call: [hang()] },
      outcome: 'completed',
      trace: ['call failed', 'after completed'],
      outputs: { after: { e: 'StepTimeout' } },
    },
  ]);
});

describe('`on-failure` of `settings`', () => {
  const settings = (policy: string) => `settings: { on-failure: ${policy} }`;
  golden([
    {
      title: 'applies to calls and data steps, also inside loops',
      top: settings('{ continue: true }'),
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  steps:
    - { name: call, type: files.create, connector-id: c1 }
    - { name: set, type: data.set, foreach: "x", with: { x: 1 } }
- { name: after, type: data.set, with: { x: 1 } }
`,
      calls: { call: [fail()] },
      outcome: 'completed',
      trace: ['loop[0]/call failed', 'loop[0]/set failed', 'after completed'],
    },
    {
      title: 'does not apply to loops, conditions and waits',
      top: settings('{ continue: true }'),
      steps:
        '- { name: loop, type: foreach, foreach: "x", steps: [{ name: a, type: data.set, with: { x: 1 } }] }',
      outcome: { status: 'failed', failedStep: 'loop' },
      trace: ['loop failed'],
    },
    {
      title: 'does not apply to `if`',
      top: settings('{ continue: true }'),
      steps: `- { name: choose, type: if, condition: "\${{ inputs.value }}", steps: [{ name: a, type: data.set, with: { x: 1 } }] }`,
      inputs: { value: 1 },
      outcome: { status: 'failed', failedStep: 'choose' },
      trace: ['choose failed'],
    },
    {
      title: 'does not apply to `wait`',
      top: settings('{ continue: true }'),
      steps: '- { name: pause, type: wait, with: { duration: "{{ inputs.value }}" } }',
      inputs: { value: 'soon' },
      outcome: { status: 'failed', failedStep: 'pause', error: { type: 'InvalidDuration' } },
      trace: ['pause failed'],
    },
    {
      title: 'is replaced by that of the step',
      top: settings('{ continue: true }'),
      steps: call('{ retry: { max-attempts: 1 } }'),
      calls: { call: [fail(), fail()] },
      outcome: { status: 'failed' },
      trace: ['call failed', 'call@1 failed'],
    },
    {
      title: 'does not apply inside a fallback, at any depth',
      top: settings('{ continue: true }'),
      steps: call(
        '{ fallback: [{ name: if, type: if, condition: true, steps: [{ name: fix, type: files.create, connector-id: c1 }] }] }',
      ),
      calls: { call: [fail()], fix: [fail('B')] },
      outcome: { status: 'failed', failedStep: 'fix', error: { type: 'B' } },
      trace: ['call failed', 'call!/fix failed'],
    },
    {
      title: 'executes its fallback for each step that fails',
      top: settings(`{ fallback: ${FIX}, continue: true }`),
      steps: `
- { name: a, type: files.create, connector-id: c1 }
- { name: b, type: files.create, connector-id: c1 }
`,
      calls: { a: [fail('A')], b: [fail('B')] },
      outcome: 'completed',
      trace: ['a failed', 'a!/fix completed', 'b failed', 'b!/fix completed'],
      outputs: { fix: { e: 'B' } },
    },
  ]);
});
