import { describe } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { fail, golden, unauthorized } from './golden.mock.ts';

const at = (seconds: number, more = {}) => ({
  kind: 'waiting',
  waits: [{ wakeAt: START_MS + seconds * 1_000, ...more }],
});

describe('`wait`', () => {
  golden([
    {
      title: 'of up to five seconds stays in memory',
      steps: '- { name: pause, type: wait, with: { duration: 5s } }',
      outcome: 'completed',
      trace: ['pause completed'],
    },
    {
      title: 'of no time continues immediately',
      steps: '- { name: pause, type: wait, with: { duration: 0s } }',
      outcome: 'completed',
      trace: ['pause completed'],
    },
    {
      title: 'of more than five seconds leaves memory',
      steps: '- { name: pause, type: wait, with: { duration: 1m } }',
      outcome: at(60, { kind: 'time', stepKey: 'pause' }),
      trace: [],
    },
    {
      title: 'ends at its time even if the run is continued before',
      steps: '- { name: pause, type: wait, with: { duration: 1m } }',
      resume: [{ afterSeconds: 30 }],
      outcome: at(60),
      trace: [],
    },
    {
      title: 'may have a template as its duration, which is rendered once',
      steps: `
- { name: pause, type: wait, with: { duration: "{{ inputs.value }}m" } }
- { name: after, type: data.set, with: { x: 1 } }
`,
      inputs: { value: 2 },
      resume: [{ afterSeconds: 119 }, { afterSeconds: 1 }],
      outcome: 'completed',
      trace: ['pause completed', 'after completed'],
    },
    {
      title: 'fails when the rendered duration is not valid',
      steps: '- { name: pause, type: wait, with: { duration: "{{ inputs.value }}" } }',
      inputs: { value: 5 },
      outcome: {
        status: 'failed',
        failedStep: 'pause',
        error: {
          type: 'InvalidDuration',
          message:
            'Invalid duration format: `5` is not a text such as 1h30m, or is longer than ten years.',
        },
      },
      trace: ['pause failed'],
    },
    {
      title: 'continues after a duration that is not valid if its `on-failure` says so',
      steps: `
- { name: pause, type: wait, with: { duration: "{{ inputs.value }}" }, on-failure: { retry: { max-attempts: 1 }, fallback: [{ name: fix, type: data.set, with: { e: "{{ error.type }}" } }], continue: true } }
- { name: after, type: data.set, with: { x: "{{ steps.pause.error.type }}" } }
`,
      inputs: { value: 5 },
      outcome: 'completed',
      trace: ['pause failed', 'pause@1 failed', 'pause!/fix completed', 'after completed'],
    },
    {
      title: 'waits once and completes if it has an `on-failure`',
      steps:
        '- { name: pause, type: wait, with: { duration: 1m }, on-failure: { continue: true } }',
      resume: [{ afterSeconds: 60 }],
      outcome: 'completed',
      trace: ['pause completed'],
    },
    {
      title: 'has nothing of the `on-failure` of the settings',
      steps: '- { name: pause, type: wait, with: { duration: "{{ inputs.value }}" } }',
      top: 'settings: { on-failure: { continue: true } }',
      inputs: { value: 5 },
      outcome: { status: 'failed', failedStep: 'pause' },
      trace: ['pause failed'],
    },
    {
      title: 'waits in each iteration of a loop',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  steps:
    - { name: call, type: files.create, connector-id: c1 }
    - { name: pause, type: wait, with: { duration: 1h } }
`,
      resume: [{ afterSeconds: 3_600 }, { afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: [
        'loop[0]/call completed',
        'loop[0]/pause completed',
        'loop[1]/call completed',
        'loop[1]/pause completed',
      ],
      called: ['call', 'call'],
    },
    {
      title: 'keeps the variables, conditions and lists that were set before it',
      steps: `
- { name: set, type: data.set, with: { list: [1, 2], t: "{{ now | date: '%s' }}" } }
- name: loop
  type: foreach
  foreach: variables.list
  steps:
    - { name: clear, type: data.set, with: { list: [] } }
    - { name: pause, type: wait, if: "foreach.item : 1", with: { duration: 1h } }
- { name: after, type: data.set, with: { same: "\${{ steps.set.output.t == variables.t }}", n: "\${{ steps.loop.total }}" } }
`,
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: [
        'set completed',
        'loop[0]/clear completed',
        'loop[0]/pause completed',
        'loop[1]/clear completed',
        'loop[1]/pause skipped',
        'after completed',
      ],
      outputs: { after: { same: true, n: 2 } },
    },
    {
      title: 'continues in the case that was chosen before, whatever the time is',
      steps: `
- name: hour
  type: switch
  expression: "{{ now | date: '%H' }}"
  cases:
    - match: "00"
      steps:
        - { name: pause, type: wait, with: { duration: 2h } }
        - { name: night, type: data.set, with: { h: "{{ now | date: '%H' }}" } }
`,
      resume: [{ afterSeconds: 7_200 }],
      outcome: 'completed',
      trace: ['pause completed', 'night completed'],
      outputs: { night: { h: '02' } },
    },
    {
      title: 'inside a fallback continues there',
      steps: `
- { name: call, type: files.create, connector-id: c1, on-failure: { fallback: [{ name: pause, type: wait, with: { duration: 1h } }, { name: fix, type: data.set, with: { e: "{{ error.type }}" } }], continue: true } }
`,
      calls: { call: [fail('A')] },
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: ['call failed', 'call!/pause completed', 'call!/fix completed'],
      outputs: { fix: { e: 'A' } },
      called: ['call'],
    },
  ]);
});

describe('a call without authorization', () => {
  const call =
    '- { name: call, type: files.create, connector-id: c1, on-failure: { retry: { max-attempts: 3 }, continue: true } }';
  golden([
    {
      title: 'waits for 24 hours, and is not retried',
      steps: call,
      calls: { call: [unauthorized()] },
      outcome: at(86_400, { kind: 'authorization', connectorId: 'c1', stepKey: 'call' }),
      trace: [],
    },
    {
      title: 'continues as the same attempt',
      steps: call,
      calls: { call: [unauthorized(), unauthorized()] },
      resume: [{ afterSeconds: 60 }, { afterSeconds: 60 }],
      outcome: 'completed',
      trace: ['call completed'],
      called: ['call', 'call', 'call'],
    },
    {
      title: 'tells the first response, the number of earlier waits and the reason of the call',
      steps: '- { name: call, type: files.create, connector-id: c1 }',
      calls: { call: [unauthorized(), unauthorized(), unauthorized({ reason: 'missing_scope' })] },
      resume: [{ afterSeconds: 60 }, { afterSeconds: 60 }],
      outcome: at(86_400, {
        since: START_MS + 120_000,
        firstAt: START_MS,
        earlierWaits: 2,
        reason: 'missing_scope',
      }),
      trace: [],
    },
    {
      title: 'fails after `unauthorized-timeout`, counted from the first time',
      top: 'settings: { unauthorized-timeout: 1h }',
      steps: '- { name: call, type: files.create, connector-id: c1 }',
      calls: { call: [unauthorized(), unauthorized(), unauthorized()] },
      resume: [{ afterSeconds: 1_800 }, { afterSeconds: 1_800 }],
      outcome: { status: 'failed', error: { type: 'AuthorizationTimeout' } },
      trace: ['call failed'],
    },
    {
      title: 'fails immediately with `on-unauthorized: fail`',
      top: 'settings: { on-unauthorized: fail }',
      steps: '- { name: call, type: files.create, connector-id: c1 }',
      calls: { call: [unauthorized()] },
      outcome: { status: 'failed', error: { type: 'ConnectorAuthorizationError' } },
      trace: ['call failed'],
    },
    {
      title: 'waits no longer than the time limit around it',
      top: 'settings: { timeout: 1h }',
      steps: '- { name: call, type: files.create, connector-id: c1 }',
      calls: { call: [unauthorized()] },
      outcome: at(3_600),
      trace: [],
    },
  ]);
});
