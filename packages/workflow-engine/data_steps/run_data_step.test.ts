import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

/** Parses an object. In objects from JSON, `__proto__` is an ordinary field. */
const fromJson = (json: string): Readonly<Record<string, unknown>> => JSON.parse(json);

describe('runDataStep', () => {
  it('returns the variables of data.set, with any names', async () => {
    const keys = fromJson('{"with":{"__proto__":1,"constructor":[2]}}');
    expect(JSON.stringify(await runStep('data.set', keys))).toBe(
      '{"__proto__":1,"constructor":[2]}',
    );
  });

  it('fails data.set if `with` is not an object', async () => {
    expect(await failureOf(runStep('data.set', { with: 'x' }))).toBe(
      'InvalidStepInput: `with` must be an object, but is text. Write `${{ }}` around an expression to keep the kind of its value.',
    );
  });

  it.each([['a text'], [5], [null], [{ a: [1] }]])(
    'returns the message of a console step: %j',
    async (message) => {
      expect(await runStep('console', { with: { message } })).toEqual(message);
    },
  );

  it('fails for a step type that is not a data step', async () => {
    expect(await failureOf(runStep('constructor', {}))).toBe(
      'InvalidStepInput: `constructor` is not a data step.',
    );
  });

  it.each([
    ['data.filter', { with: { condition: true } }],
    ['data.find', { with: { condition: true } }],
    ['data.dedupe', { with: { keys: ['a'] } }],
    ['data.aggregate', { with: { group_by: ['a'] } }],
  ])('fails %s if `items` is text, an object, null or missing', async (type, keys) => {
    const failures = await Promise.all(
      ['[1]', { a: 1 }, null, undefined].map((items) =>
        failureOf(runStep(type, { ...keys, items })),
      ),
    );
    expect(failures).toEqual([
      expect.stringMatching(/^InvalidStepInput: `items` must be a list, but is text\. Write /),
      'InvalidStepInput: `items` must be a list, but is an object.',
      'InvalidStepInput: `items` must be a list, but is null.',
      'InvalidStepInput: `items` must be a list, but is missing.',
    ]);
  });

  it.each([
    ['data.map', { with: { fields: {} } }],
    ['data.filter', { with: { condition: true } }],
    ['data.dedupe', { with: { keys: ['a'] } }],
  ])('fails %s if `items` has more than 100,000 members', async (type, keys) => {
    const items = Array.from({ length: 100_001 }, () => 0);
    expect(await failureOf(runStep(type, { ...keys, items }))).toBe(
      'InvalidStepInput: `items` has 100001 members; 0 to 100000 are allowed.',
    );
  });

  it('never quotes text of the input in a failure', async () => {
    const failures = await Promise.all([
      failureOf(runStep('data.filter', { items: 's3cret', with: { condition: true } })),
      failureOf(runStep('data.parseJson', { source: 's3cret' })),
      failureOf(runStep('data.parseJson', { source: '{"a":1} s3cret' })),
      failureOf(runStep('data.concat', { arrays: [['a'], 's3cret'] })),
    ]);
    expect(failures.join()).not.toContain('s3cret');
  });
});
