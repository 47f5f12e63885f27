import { describe } from 'vitest';
import { golden } from './golden.mock.ts';

const ORDERS = [
  { id: 1, state: 'open', amount: 5 },
  { id: 2, state: 'closed', amount: 7 },
  { id: 3, state: 'open', amount: 1 },
];

describe('`data.*` steps together', () => {
  golden([
    {
      title: 'pass their outputs on, from a call to the output of the run',
      steps: `
- { name: list, type: files.list, connector-id: c1 }
- { name: open, type: data.filter, items: "\${{ steps.list.output.orders }}", with: { condition: "item.state : open" } }
- { name: both, type: data.concat, arrays: ["\${{ steps.open.output }}", "\${{ inputs.list }}"] }
- { name: once, type: data.dedupe, items: "\${{ steps.both.output }}", with: { keys: [id] } }
- { name: ids, type: data.map, items: "\${{ steps.once.output }}", with: { fields: { id: "\${{ item.id }}" } } }
- { name: text, type: data.stringifyJson, source: "\${{ steps.ids.output }}" }
- { name: say, type: console, with: { message: "{{ steps.text.output }}" } }
- { name: end, type: workflow.output, with: { text: "{{ steps.text.output }}" } }
`,
      inputs: { list: [{ id: 3 }, { id: 4 }] },
      calls: { list: [{ orders: ORDERS }] },
      outcome: { status: 'completed', output: { text: '[{"id":1},{"id":3},{"id":4}]' } },
      trace: ['list', 'open', 'both', 'once', 'ids', 'text', 'say', 'end'].map(
        (name) => `${name} completed`,
      ),
      logged: ['[{"id":1},{"id":3},{"id":4}]'],
      called: ['list'],
    },
    {
      title: 'decide a condition and the list of a loop',
      steps: `
- { name: open, type: data.filter, items: "\${{ inputs.list }}", with: { condition: "item.state : open" } }
- name: any
  type: if
  condition: "\${{ steps.open.output.size > 0 }}"
  steps:
    - name: loop
      type: foreach
      foreach: "\${{ steps.open.output }}"
      steps: [{ name: x, type: console, with: { message: "{{ foreach.item.id }}" } }]
  else: [{ name: none, type: console, with: { message: none } }]
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['open completed', 'loop[0]/x completed', 'loop[1]/x completed'],
      logged: ['1', '3'],
    },
    {
      title: 'run in branches, each with its own output',
      steps: `
- name: all
  type: parallel
  branches:
    - { name: low, steps: [{ name: low_find, type: data.find, items: "\${{ inputs.list }}", with: { condition: "item.amount < 2" } }] }
    - { name: sum, steps: [{ name: sum_all, type: data.aggregate, items: "\${{ inputs.list }}", with: { group_by: [state], metrics: [{ name: n, operation: count }] } }] }
- { name: end, type: workflow.output, with: { low: "\${{ steps.all.output.branches.low.output.item.id }}", n: "\${{ steps.all.output.branches.sum.output[0].n }}" } }
`,
      inputs: { list: ORDERS },
      outcome: { status: 'completed', output: { low: 3, n: 2 } },
      trace: ['all[0]/low_find completed', 'all[1]/sum_all completed', 'end completed'],
    },
    {
      title: 'follow `on-failure`: the fallback knows the error, and the run continues',
      steps: `
- name: x
  type: data.parseJson
  source: "{{ inputs.value }}"
  on-failure:
    fallback: [{ name: say, type: console, with: { message: "{{ error.type }}" } }]
    continue: true
- { name: after, type: data.set, with: { type: "{{ steps.x.error.type }}" } }
`,
      inputs: { value: '{' },
      outcome: 'completed',
      trace: ['x failed', 'x!/say completed', 'after completed'],
      outputs: { after: { type: 'InvalidJson' } },
      logged: ['InvalidJson'],
    },
    {
      title: 'are repeated by `retry`, and fail with the last error',
      steps: `
- { name: x, type: data.find, items: [1], with: { condition: "item > 1", errorIfEmpty: true }, on-failure: { retry: { max-attempts: 2 } } }
`,
      outcome: { status: 'failed', failedStep: 'x', error: { type: 'NoMatch' } },
      trace: ['x failed', 'x@1 failed', 'x@2 failed'],
    },
    {
      title: 'are skipped by `if`, and iterate with a `foreach` of their own',
      steps: `
- { name: none, type: data.set, if: false, with: { a: 1 } }
- { name: x, type: data.regexReplace, foreach: "\${{ inputs.list }}", source: "{{ foreach.item }}", with: { pattern: a, replacement: b } }
`,
      inputs: { list: ['a', 'ca'] },
      outcome: 'completed',
      trace: ['none skipped', 'x[0]/x completed', 'x[1]/x completed'],
      outputs: { x: 'cb' },
    },
    {
      title: 'fail for an output above `max-step-size`',
      steps: `
- { name: x, type: data.concat, max-step-size: 10b, arrays: ["\${{ inputs.list }}"] }
`,
      inputs: { list: ['long enough'] },
      outcome: { status: 'failed', failedStep: 'x', error: { type: 'StepSizeLimitExceeded' } },
      trace: ['x failed'],
    },
    {
      title: 'are not computed again when the run continues after a crash',
      steps: `
- { name: x, type: console, with: { message: one } }
- { name: pause, type: wait, with: { duration: 10m } }
- { name: after, type: data.map, items: ["\${{ steps.x.output }}"], with: { fields: { was: "{{ item }}" } } }
`,
      resume: [{ afterSeconds: 1 }, { afterSeconds: 599 }],
      outcome: 'completed',
      trace: ['x completed', 'pause completed', 'after completed'],
      outputs: { after: [{ was: 'one' }] },
      logged: ['one'],
    },
  ]);
});
