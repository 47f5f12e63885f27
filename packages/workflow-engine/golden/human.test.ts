import { describe } from 'vitest';
import { START_MS } from '../run/run.mock.ts';
import { golden } from './golden.mock.ts';

const HOUR_S = 3_600;
const ask = (more = '') => `
- { name: ask, type: waitForInput${more} }
- { name: after, type: data.set, with: { r: "\${{ steps.ask.output.response }}", by: "{{ steps.ask.output.respondedBy }}", old: "\${{ steps.ask.output.input }}", e: "{{ steps.ask.error.type }}" } }
`;

describe('a step that waits for a user', () => {
  golden([
    {
      title: 'waits for 72 hours for input',
      steps: ask(),
      outcome: {
        kind: 'waiting',
        waits: [{ kind: 'input', stepKey: 'ask', wakeAt: START_MS + 72 * HOUR_S * 1_000 }],
      },
      trace: [],
    },
    {
      title: 'waits for 24 hours for an approval',
      steps: '- { name: ask, type: waitForApproval }',
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 24 * HOUR_S * 1_000 }] },
      trace: [],
    },
    {
      title: 'has the response as its output, also under the older names',
      steps: ask(),
      resume: [{ responses: { ask: { n: 1 } } }],
      outcome: 'completed',
      trace: ['ask completed', 'after completed'],
      outputs: { after: { r: { n: 1 }, by: 'ana', old: { n: 1 }, e: '' } },
    },
    {
      title: 'continues to wait when the run is continued without a response',
      steps: ask(),
      resume: [{ afterSeconds: HOUR_S }],
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 72 * HOUR_S * 1_000 }] },
      trace: [],
    },
    {
      title: 'completes when the user declines',
      steps: `
- { name: ask, type: waitForApproval }
- { name: no, type: data.set, if: "not steps.ask.output.response.approved : true", with: { x: 1 } }
`,
      resume: [{ responses: { ask: { approved: false } } }],
      outcome: 'completed',
      trace: ['ask completed', 'no completed'],
    },
    {
      title: 'fails when the default time limit has passed',
      steps: ask(),
      resume: [{ afterSeconds: 72 * HOUR_S }],
      outcome: { status: 'failed', failedStep: 'ask', error: { type: 'StepTimeout' } },
      trace: ['ask failed'],
    },
    {
      title: 'fails when its own time limit has passed, and follows `on-failure`',
      steps: ask(', timeout: 1h, on-failure: { continue: true }'),
      resume: [{ afterSeconds: HOUR_S }],
      outcome: 'completed',
      trace: ['ask failed', 'after completed'],
      outputs: { after: { by: '', e: 'StepTimeout' } },
    },
    {
      title: 'may wait longer than the default time limit',
      steps: ask(', timeout: 30d'),
      resume: [{ afterSeconds: 100 * HOUR_S }],
      outcome: { kind: 'waiting', waits: [{ wakeAt: START_MS + 720 * HOUR_S * 1_000 }] },
      trace: [],
    },
    {
      title: 'takes an accepted response although the run continues after the time limit',
      steps: ask(', timeout: 1h'),
      resume: [{ afterSeconds: 2 * HOUR_S, responses: { ask: 'yes' } }],
      outcome: 'completed',
      trace: ['ask completed', 'after completed'],
      outputs: { after: { r: 'yes', by: 'ana', old: 'yes', e: '' } },
    },
    {
      title: 'waits for a response of its own in each iteration',
      steps: `
- name: loop
  type: foreach
  foreach: [a, b]
  steps: [{ name: ask, type: waitForInput, with: { message: "{{ foreach.item }}" } }]
- { name: after, type: data.set, with: { r: "\${{ steps.ask.output.response }}" } }
`,
      resume: [{ responses: { 'loop[0]/ask': 1 } }, { responses: { 'loop[1]/ask': 2 } }],
      outcome: 'completed',
      trace: ['loop[0]/ask completed', 'loop[1]/ask completed', 'after completed'],
      outputs: { after: { r: 2 } },
    },
    {
      title: 'asks again when it is retried',
      steps: ask(', timeout: 1h, on-failure: { retry: { max-attempts: 1 } }'),
      resume: [{ afterSeconds: HOUR_S }, { responses: { 'ask@1': 'late' } }],
      outcome: 'completed',
      trace: ['ask failed', 'ask@1 completed', 'after completed'],
    },
    {
      title: 'does not render the schema of its form',
      steps: `
- { name: ask, type: waitForInput, with: { message: "{{ inputs.value | date: 'a' }}", schema: { properties: { a: { default: "{{ 1 | nofilter }}" } } } } }
`,
      resume: [{ responses: { ask: 1 } }],
      outcome: 'completed',
      trace: ['ask completed'],
    },
  ]);
});
