import { describe, expect } from 'vitest';
import { golden } from './golden.mock.ts';

describe('`workflow.output`', () => {
  golden([
    {
      title: 'ends the run with outputs that keep their types',
      steps: `
- { name: end, type: workflow.output, with: { list: "\${{ inputs.list }}", text: "{{ inputs.list | size }}" } }
- { name: never, type: data.set, with: { x: 1 } }
`,
      inputs: { list: [1] },
      outcome: { kind: 'ended', status: 'completed', output: { list: [1], text: '1' } },
      trace: ['end completed'],
    },
    {
      title: 'does nothing when its `if` is false',
      steps: `
- { name: end, type: workflow.output, if: false, with: { a: 1 } }
- { name: after, type: data.set, with: { x: 1 } }
`,
      outcome: 'completed',
      trace: ['end skipped', 'after completed'],
    },
    {
      title: 'may end the run as cancelled',
      steps: '- { name: end, type: workflow.output, status: cancelled, with: { a: 1 } }',
      outcome: { status: 'cancelled', output: { a: 1 } },
      trace: ['end completed'],
    },
    {
      title: 'may end the run as failed, with outputs and a message',
      steps: '- { name: end, type: workflow.output, status: failed, with: { message: no } }',
      outcome: {
        status: 'failed',
        failedStep: 'end',
        output: { message: 'no' },
        error: { type: 'WorkflowFailed', message: 'no' },
      },
      trace: ['end failed'],
    },
    {
      title: 'ends the run from inside a loop in a branch in a loop',
      steps: `
- name: outer
  type: foreach
  foreach: [1]
  steps:
    - name: all
      type: parallel
      foreach: [a]
      steps:
        - name: inner
          type: while
          condition: true
          steps: [{ name: end, type: workflow.output, with: { x: "{{ foreach.item }}" } }]
`,
      outcome: { status: 'completed', output: { x: 'a' } },
      trace: ['outer[0]/all[0]/inner[0]/end completed'],
    },
    {
      title: 'is not a failure for the `on-failure` around it',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  on-failure: { retry: { max-attempts: 3 }, continue: true }
  iteration-on-failure: { continue: true }
  steps: [{ name: end, type: workflow.fail, with: { reason: why } }]
`,
      outcome: { status: 'failed', failedStep: 'end', error: { message: 'why' } },
      trace: ['loop[0]/end failed'],
    },
    {
      title: 'fails the run if an output is not as declared, whatever surrounds the step',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  on-failure: { continue: true }
  steps: [{ name: end, type: workflow.output, with: { total: "\${{ inputs.total }}" } }]
`,
      top: 'outputs: [{ name: total, type: number }]\ninputs: [{ name: total, type: string }]',
      inputs: { total: 'many' },
      outcome: {
        status: 'failed',
        failedStep: 'end',
        error: {
          type: 'InvalidWorkflowOutput',
          message: expect.stringContaining('outputs.total: Expected a number'),
        },
      },
      trace: ['loop[0]/end failed'],
    },
    {
      title: 'does not compare the outputs of a run that it ends as failed or cancelled',
      steps: '- { name: end, type: workflow.output, status: cancelled, with: { total: many } }',
      top: 'outputs: { properties: { total: { type: number } }, required: [total, other] }',
      outcome: { status: 'cancelled', output: { total: 'many' } },
      trace: ['end completed'],
    },
    {
      title: 'ends the run with outputs as declared',
      steps: '- { name: end, type: workflow.output, with: { total: 2 } }',
      top: 'outputs: { properties: { total: { type: number } }, required: [total] }',
      outcome: { status: 'completed', output: { total: 2 } },
      trace: ['end completed'],
    },
    {
      title: 'may end the run without outputs',
      steps: '- { name: end, type: workflow.output }',
      outcome: { kind: 'ended', status: 'completed', output: {} },
      trace: ['end completed'],
    },
  ]);
});

describe('`max-step-size`', () => {
  const big = (more: string) =>
    `- { name: big, type: files.create, connector-id: c1${more} }\n- { name: after, type: data.set, with: { x: 1 } }`;
  const TOO_LARGE = { status: 'failed', error: { type: 'StepSizeLimitExceeded' } };
  golden([
    {
      title: 'fails a step with a larger output',
      steps: big(', max-step-size: 10b'),
      calls: { big: ['123456789'] },
      outcome: TOO_LARGE,
      trace: ['big failed'],
    },
    {
      title: 'allows an output of this size',
      steps: big(', max-step-size: 11b'),
      calls: { big: ['123456789'] },
      outcome: 'completed',
      trace: ['big completed', 'after completed'],
    },
    {
      title: 'of a step replaces that of the settings',
      top: 'settings: { max-step-size: 5b }',
      steps: big(', max-step-size: 1kb, on-failure: { continue: true }'),
      calls: { big: ['123456789'] },
      outcome: TOO_LARGE,
      trace: ['big completed', 'after failed'],
    },
  ]);
});

describe('templates', () => {
  golden([
    {
      title: 'that cannot be rendered fail the step, which follows `on-failure`',
      steps: `
- { name: a, type: data.set, on-failure: { continue: true }, with: { x: "{{ inputs.value | group_by: 1, 2 | where_exp: 'a' }}" } }
- { name: b, type: data.set, with: { e: "{{ steps.a.error.type }}" } }
`,
      inputs: { value: [1] },
      outcome: 'completed',
      trace: ['a failed', 'b completed'],
      outputs: { b: { e: 'TemplateError' } },
    },
    {
      title: 'of constants are not rendered again',
      top: "consts: { t: '{{ inputs.value }}' }",
      steps: `- { name: a, type: data.set, with: { x: "{{ consts.t }}", y: "\${{ consts.t }}" } }`,
      inputs: { value: 1 },
      outcome: 'completed',
      trace: ['a completed'],
      outputs: { a: { x: '{{ inputs.value }}', y: '{{ inputs.value }}' } },
    },
    {
      title: 'read the variables that were set last',
      steps: `
- { name: a, type: data.set, with: { x: 1, y: 1 } }
- { name: b, type: data.set, with: { x: 2, saw: "\${{ variables.x }}" } }
- { name: c, type: data.set, with: { x: "\${{ variables.x }}", y: "\${{ variables.y }}" } }
`,
      outcome: 'completed',
      trace: ['a completed', 'b completed', 'c completed'],
      outputs: { b: { x: 2, saw: 1 }, c: { x: 2, y: 1 } },
    },
    {
      title: 'have the same result after a wait',
      steps: `
- { name: a, type: data.set, with: { t: "\${{ now }}" } }
- { name: pause, type: wait, with: { duration: 1h } }
- { name: b, type: data.set, with: { same: "\${{ steps.a.output.t == variables.t }}", t: "\${{ steps.a.output.t }}" } }
`,
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: ['a completed', 'pause completed', 'b completed'],
      outputs: { b: { same: true, t: '2026-01-01T00:00:00.000Z' } },
    },
  ]);
});
