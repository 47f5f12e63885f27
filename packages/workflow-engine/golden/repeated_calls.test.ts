import { describe } from 'vitest';
import { crash, fail, golden } from './golden.mock.ts';

const INTERRUPTED = { status: 'failed', failedStep: 'call', error: { type: 'StepInterrupted' } };

describe('a call during which the process ends', () => {
  const one = (step: string) => ({
    steps: `- { name: call, ${step} }`,
    calls: { call: [crash()] },
    resume: [{}],
  });
  const repeated = { outcome: 'completed', trace: ['call completed'], called: ['call', 'call'] };
  const once = { outcome: INTERRUPTED, trace: ['call failed'], called: ['call'] };
  golden([
    { title: 'is repeated if it reads', ...one('type: files.list, connector-id: c1'), ...repeated },
    {
      title: 'is not repeated if it reads and `on-interrupted: fail` is set',
      ...one('type: files.list, connector-id: c1, on-interrupted: fail'),
      ...once,
    },
    {
      title: 'is not repeated if it writes',
      ...one('type: files.create, connector-id: c1'),
      ...once,
    },
    {
      title: 'is repeated if it writes and `on-interrupted: retry` is set',
      ...one('type: files.create, connector-id: c1, on-interrupted: retry'),
      ...repeated,
    },
    ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].map((method) => ({
      title: `is repeated with the method ${method}`,
      ...one(`type: http, with: { url: "https://a.test", method: ${method} }`),
      ...repeated,
    })),
    {
      title: 'is repeated without a method',
      ...one('type: http, with: { url: "https://a.test" }'),
      ...repeated,
    },
    ...['POST', 'PATCH'].map((method) => ({
      title: `is not repeated with the method ${method}`,
      ...one(`type: http, with: { url: "https://a.test", method: ${method} }`),
      ...once,
    })),
    {
      title: 'is not repeated with PUT and `on-interrupted: fail`',
      ...one('type: http, on-interrupted: fail, with: { url: "https://a.test", method: PUT }'),
      ...once,
    },
    {
      title: 'follows `on-failure` as interrupted: an attempt is a new call',
      ...one('type: files.create, connector-id: c1, on-failure: { retry: { max-attempts: 1 } }'),
      outcome: 'completed',
      trace: ['call failed', 'call@1 completed'],
      called: ['call', 'call'],
    },
    {
      title: 'follows `continue` as interrupted',
      ...one('type: files.create, connector-id: c1, on-failure: { continue: true }'),
      outcome: 'completed',
      trace: ['call failed'],
      called: ['call'],
    },
  ]);
});

describe('a run that was interrupted by a crash', () => {
  golden([
    {
      title: 'does not repeat steps with a result',
      steps: `
- { name: a, type: files.create, connector-id: c1 }
- { name: b, type: files.create, connector-id: c1, foreach: [1, 2] }
- { name: c, type: files.create, connector-id: c1, on-interrupted: retry }
`,
      calls: { c: [crash(), crash()] },
      resume: [{}, {}],
      outcome: 'completed',
      trace: ['a completed', 'b[0]/b completed', 'b[1]/b completed', 'c completed'],
      called: ['a', 'b', 'b', 'c', 'c', 'c'],
    },
    {
      title: 'repeats the failures of steps without executing them',
      steps: `
- { name: a, type: files.create, connector-id: c1, on-failure: { retry: { max-attempts: 1 }, continue: true } }
- { name: b, type: data.set, if: "\${{ inputs.value }}", on-failure: { continue: true }, with: { x: 1 } }
- { name: c, type: files.create, connector-id: c1, on-interrupted: retry }
- { name: d, type: data.set, with: { a: "{{ steps.a.error.type }}", b: "{{ steps.b.error.type }}" } }
`,
      inputs: { value: 1 },
      calls: { a: [fail('A'), fail('B')], c: [crash()] },
      resume: [{}],
      outcome: 'completed',
      trace: ['a failed', 'a@1 failed', 'b failed', 'c completed', 'd completed'],
      outputs: { d: { a: 'B', b: 'InvalidCondition' } },
      called: ['a', 'a', 'c', 'c'],
    },
    {
      title: 'repeats the call in progress, and keeps the results of the other branches',
      steps: `
- name: all
  type: parallel
  mode: settled
  branches:
    - { name: a, steps: [{ name: a1, type: files.create, connector-id: c1 }] }
    - { name: b, steps: [{ name: b1, type: files.create, connector-id: c1 }, { name: b2, type: files.create, connector-id: c1, on-interrupted: retry }] }
- { name: after, type: data.set, with: { r: "\${{ steps.all.output.results | map: 'status' }}" } }
`,
      calls: { b2: [crash()] },
      resume: [{}],
      outcome: 'completed',
      trace: [
        'all[0]/a1 completed',
        'all[1]/b1 completed',
        'all[1]/b2 completed',
        'after completed',
      ],
      outputs: { after: { r: ['completed', 'completed'] } },
      called: ['a1', 'b1', 'b2', 'b2'],
    },
  ]);
});
