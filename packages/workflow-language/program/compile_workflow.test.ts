import { describe, expect, it } from 'vitest';
import { validateWorkflow } from '../validation/validate_workflow.ts';
import { registry, step, workflow } from '../validation/workflow_texts.mock.ts';
import { compileWorkflow } from './compile_workflow.ts';
import type { ProgramStep } from './workflow_program.ts';

const program = (yaml: string) =>
  compileWorkflow(validateWorkflow(yaml, { registry }).document, registry);

/** Compiles a workflow and returns its second step, which has these keys. */
const compiled = (keys: string): ProgramStep => {
  const [, second] = program(step(keys)).steps;
  if (second === undefined) throw new Error('no second step');
  return second;
};

describe('compileWorkflow', () => {
  it('adds the defaults of settings', () => {
    const { settings } = program(workflow('- { name: a, type: data.set, with: { x: 1 } }'));
    expect(settings).toMatchObject({
      timezone: 'UTC',
      onUnauthorized: 'wait',
      unauthorizedTimeoutMs: 24 * 3_600_000,
      liquid: { renderLimit: 1_000 },
    });
    expect(settings).not.toHaveProperty('timeoutMs');
  });

  it('converts durations and sizes to numbers', () => {
    const yaml = workflow(
      '- { name: a, type: data.set, max-step-size: 2kb, with: { x: 1 } }',
      'settings: { timeout: 1h30m, max-step-size: 1mb }',
    );
    const { settings, steps } = program(yaml);
    expect(settings.timeoutMs).toBe(5_400_000);
    expect(steps[0]?.maxOutputBytes).toBe(2_048);
  });

  it.each([
    ['settings: { concurrency: { key: x } }', undefined],
    [
      'settings: { concurrency: { strategy: queue } }',
      { strategy: 'queue', max: 1, queueSize: 100, queueTtlMs: 86_400_000 },
    ],
    [
      "settings: { concurrency: { key: '{{ inputs.a }}', strategy: drop, max: 3, queue-size: 5, queue-ttl: 1m } }",
      { key: '{{ inputs.a }}', strategy: 'drop', max: 3, queueSize: 5, queueTtlMs: 60_000 },
    ],
  ])('compiles %s to the concurrency settings %j', (top, expected) => {
    const { settings } = program(workflow('- { name: a, type: data.set, with: { x: 1 } }', top));
    expect(settings.concurrency).toEqual(expected);
  });

  it('applies `on-failure` of settings to steps that compute or call, unless they have their own `on-failure`', () => {
    const yaml = workflow(
      `
- { name: own, type: data.set, on-failure: { retry: { max-attempts: 1 } }, with: { x: 1 } }
- { name: none, type: data.set, with: { x: 1 } }
- { name: pause, type: wait, with: { duration: 1s } }
- name: choose
  type: if
  condition: true
  steps:
    - { name: inner, type: data.set, with: { x: 1 } }
`,
      'settings: { on-failure: { continue: true } }',
    );
    const [own, none, pause, choose] = program(yaml).steps;
    expect(own?.onFailure).toMatchObject({ continue: false, retry: { maxAttempts: 1 } });
    expect(none?.onFailure).toMatchObject({ continue: true });
    expect(pause).not.toHaveProperty('onFailure');
    expect(choose).not.toHaveProperty('onFailure');
    expect(choose?.body).toMatchObject({ steps: [{ onFailure: { continue: true } }] });
  });

  it.each([
    ['fixed', { delayMs: 0, multiplier: 2 }],
    ['exponential', { delayMs: 1_000, multiplier: 2 }],
  ])('adds the defaults of %s retries', (strategy, defaults) => {
    const { onFailure } = compiled(
      `type: data.set\non-failure: { retry: { max-attempts: 2, strategy: ${strategy} } }\nwith: { x: 1 }`,
    );
    expect(onFailure?.retry).toMatchObject({ strategy, maxAttempts: 2, ...defaults });
  });

  it('replaces an old type name of a step by the current name', () => {
    expect(
      compiled('type: data.regex_extract\nsource: a\nwith: { pattern: a, fields: { x: $0 } }').type,
    ).toBe('data.regexExtract');
  });

  it('throws for a document that was not validated', () => {
    expect(() =>
      compileWorkflow({ name: 'a', steps: [{ name: 'b', type: 'nothing' }] }, registry),
    ).toThrow(TypeError);
  });
});
