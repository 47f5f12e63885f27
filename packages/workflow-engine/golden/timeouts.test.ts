import { describe } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { crash, fail, golden, hang } from './golden.mock.ts';

const TIMEOUT = { status: 'failed', error: { type: 'StepTimeout' } };

describe('`timeout` of a step', () => {
  golden([
    {
      title: 'aborts the call and fails the step',
      steps: '- { name: call, type: files.create, connector-id: c1, timeout: 2s }',
      calls: { call: [hang()] },
      outcome: { ...TIMEOUT, failedStep: 'call' },
      trace: ['call failed'],
    },
    {
      title: 'is not reached by a quick call',
      steps: '- { name: call, type: files.create, connector-id: c1, timeout: 2s }',
      outcome: 'completed',
      trace: ['call completed'],
    },
    {
      title: 'may be a template',
      steps:
        '- { name: call, type: files.create, connector-id: c1, timeout: "{{ inputs.value }}s" }',
      inputs: { value: 2 },
      calls: { call: [hang()] },
      outcome: { ...TIMEOUT, failedStep: 'call' },
      trace: ['call failed'],
    },
    {
      title: 'fails the step when its template does not render a duration',
      steps: `
- { name: call, type: files.create, connector-id: c1, timeout: "{{ inputs.value }}", on-failure: { continue: true } }
- { name: after, type: data.set, with: { e: "{{ steps.call.error.message }}" } }
`,
      inputs: { value: 'soon' },
      outcome: 'completed',
      trace: ['call failed', 'after completed'],
      outputs: {
        after: {
          e: 'Invalid duration format: `soon` is not a text such as 1h30m, or is longer than ten years.',
        },
      },
      called: [],
    },
    {
      title: 'begins again for each attempt',
      steps:
        '- { name: call, type: files.create, connector-id: c1, timeout: 2s, on-failure: { retry: { max-attempts: 2, delay: 1s } } }',
      calls: { call: [hang(), fail()] },
      outcome: 'completed',
      trace: ['call failed', 'call@1 failed', 'call@2 completed'],
    },
    {
      title: 'does not include the fallback',
      steps: `
- { name: call, type: files.create, connector-id: c1, timeout: 2s, on-failure: { fallback: [{ name: rest, type: wait, with: { duration: 4s } }], continue: true } }
`,
      calls: { call: [hang()] },
      outcome: 'completed',
      trace: ['call failed', 'call!/rest completed'],
    },
    {
      title: 'ends a loop with all of its steps',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2, 3]
  timeout: 3s
  on-failure: { continue: true }
  steps: [{ name: pause, type: wait, with: { duration: 2s } }]
- { name: after, type: data.set, with: { e: "{{ steps.loop.error.type }}" } }
`,
      outcome: 'completed',
      trace: ['loop[0]/pause completed', 'loop failed', 'after completed'],
      outputs: { after: { e: 'StepTimeout' } },
    },
    {
      title: 'of a loop ends the loop despite `continue` inside it',
      steps: `
- name: loop
  type: while
  condition: true
  timeout: 3s
  iteration-on-failure: { continue: true }
  steps: [{ name: call, type: files.create, connector-id: c1, timeout: 2s, on-failure: { continue: true } }]
`,
      calls: { call: [hang(), hang()] },
      outcome: { ...TIMEOUT, failedStep: 'loop' },
      trace: ['loop[0]/call failed', 'loop failed'],
    },
    {
      title: 'wakes a run that waits inside the step',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 1h
  steps: [{ name: pause, type: wait, with: { duration: 2h } }]
`,
      outcome: {
        kind: 'waiting',
        waits: [{ stepKey: 'loop[0]/pause', wakeAt: START_MS + 3_600_000 }],
      },
      trace: [],
    },
    {
      title: 'fails a step that waits at that time',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 1h
  steps: [{ name: pause, type: wait, with: { duration: 2h } }]
`,
      resume: [{ afterSeconds: 3_600 }],
      outcome: { ...TIMEOUT, failedStep: 'loop' },
      trace: ['loop failed'],
    },
    {
      title: 'does not discard results that were recorded before it',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 10s
  steps: [{ name: body, type: data.set, with: { x: 1 } }]
- { name: last, type: files.create, connector-id: c1, on-interrupted: retry }
`,
      calls: { last: [crash()] },
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: ['loop[0]/body completed', 'last completed'],
    },
    {
      title: 'still counts as reached when a server with another clock continues the run',
      steps: `
- { name: call, type: files.list, connector-id: c1, timeout: 2s, on-failure: { continue: true } }
- { name: last, type: files.create, connector-id: c1, on-interrupted: retry }
`,
      calls: { call: [hang()], last: [crash()] },
      resume: [{ afterSeconds: -60 }],
      outcome: 'completed',
      trace: ['call failed', 'last completed'],
      called: ['call', 'last', 'last'],
    },
    {
      title:
        'of an iteration still counts as reached when a server with another clock continues the run',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  iteration-timeout: 2s
  iteration-on-failure: { continue: true }
  steps: [{ name: call, type: files.list, connector-id: c1 }]
- { name: last, type: files.create, connector-id: c1, on-interrupted: retry }
`,
      calls: { call: [hang()], last: [crash()] },
      resume: [{ afterSeconds: -60 }],
      outcome: 'completed',
      trace: ['last completed'],
      called: ['call', 'last', 'last'],
    },
  ]);
});

describe('`timeout` of `parallel`', () => {
  const steps = (more: string) => `
- name: all
  type: parallel
  timeout: 3s
  on-failure: { continue: true }
  ${more}
  branches:
    - { name: a, steps: [{ name: quick, type: files.list, connector-id: c1, with: { n: 1 } }] }
    - { name: b, steps: [{ name: slow, type: files.list, connector-id: c1 }] }
    - { name: c, steps: [{ name: late, type: files.list, connector-id: c1 }] }
- { name: after, type: data.set, with: { e: "{{ steps.all.error.type }}", s: "{{ steps.all.output.status }}", bad: "\${{ steps.all.output.failed }}", r: "\${{ steps.all.output.results | map: 'status' }}", a: "\${{ steps.all.output.branches.a.output }}" } }
`;
  const after = { e: 'StepTimeout', s: 'failed', bad: 2, a: { n: 1 } };
  golden([
    {
      title: 'fails the step and keeps the results of the branches that ended before',
      steps: steps('mode: settled'),
      calls: { slow: [hang()], late: [hang()] },
      outcome: 'completed',
      trace: ['all[0]/quick completed', 'all failed', 'after completed'],
      outputs: { after: { ...after, r: ['completed', 'timed_out', 'timed_out'] } },
    },
    {
      title: 'also ends branches that had not begun',
      steps: steps('concurrency: 1'),
      calls: { slow: [hang()] },
      outcome: 'completed',
      trace: ['all[0]/quick completed', 'all failed', 'after completed'],
      outputs: { after: { ...after, r: ['completed', 'timed_out', 'timed_out'] } },
      called: ['quick', 'slow'],
    },
    {
      title: 'keeps the results of a run that waited at that time',
      steps: `
- name: all
  type: parallel
  timeout: 1h
  on-failure: { continue: true }
  branches:
    - { name: a, steps: [{ name: quick, type: files.list, connector-id: c1, with: { n: 1 } }] }
    - { name: b, steps: [{ name: pause, type: wait, with: { duration: 2h } }] }
- { name: after, type: data.set, with: { r: "\${{ steps.all.output.results | map: 'status' }}", a: "\${{ steps.all.output.branches.a.output }}" } }
`,
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: ['all[0]/quick completed', 'all failed', 'after completed'],
      outputs: { after: { r: ['completed', 'timed_out'], a: { n: 1 } } },
      called: ['quick'],
    },
    {
      title: 'is not the cause when the time of an outer loop passes',
      steps: `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 2s
  on-failure: { continue: true }
  steps:
    - name: all
      type: parallel
      timeout: 3s
      mode: settled
      foreach: [1]
      steps: [{ name: call, type: files.list, connector-id: c1 }]
- { name: after, type: data.set, with: { e: "{{ steps.loop.error.type }}", o: "{{ steps.all.output.status }}" } }
`,
      calls: { call: [hang()] },
      outcome: 'completed',
      trace: ['loop failed', 'after completed'],
      outputs: { after: { e: 'StepTimeout', o: '' } },
    },
  ]);
});

describe('`timeout` of `settings`', () => {
  const top = 'settings: { timeout: 3s }';
  golden([
    {
      title: 'ends the run as timed out, whatever its steps do on failure',
      top,
      steps:
        '- { name: call, type: files.create, connector-id: c1, on-failure: { retry: { max-attempts: 3 }, continue: true } }',
      calls: { call: [hang()] },
      outcome: { status: 'timed_out', error: { type: 'WorkflowTimeout' } },
      trace: [],
    },
    {
      title: 'ends all branches of a parallel step',
      top,
      steps: `
- name: all
  type: parallel
  mode: settled
  foreach: [1, 2]
  steps: [{ name: call, type: files.create, connector-id: c1 }]
`,
      calls: { call: [hang(), hang()] },
      outcome: { status: 'timed_out' },
      trace: [],
    },
    {
      title: 'includes waits and pauses',
      top,
      steps: '- { name: ask, type: waitForInput }',
      resume: [{ afterSeconds: 4 }],
      outcome: { status: 'timed_out' },
      trace: [],
    },
    {
      title: 'is not reached by a step that fails first',
      top,
      steps: '- { name: call, type: files.create, connector-id: c1, timeout: 2s }',
      calls: { call: [hang()] },
      outcome: TIMEOUT,
      trace: ['call failed'],
    },
  ]);
});
