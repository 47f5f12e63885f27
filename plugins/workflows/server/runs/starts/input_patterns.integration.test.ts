import {
  PATTERN_PROCESS_FAILED,
  StepFailure,
  WorkerPatternMatcher,
} from '@latchkey/workflow-engine';
import { afterAll, describe, expect, it } from 'vitest';
import { patternIssues } from './input_patterns.ts';

const processes = new WorkerPatternMatcher();
const options = { patterns: processes.forUser('ana') };
afterAll(() => processes.close());

const schema = (pattern: string) => ({ properties: { code: { type: 'string', pattern } } });

describe('patternIssues', () => {
  it('names the texts that do not match, and their patterns', async () => {
    const list = { items: { pattern: '^[A-Z]{2}$' } };
    expect(await patternIssues(list, ['AB', 'c', 'DE', 5], options)).toEqual([
      { path: '1', message: 'The text does not match the pattern ^[A-Z]{2}$.' },
    ]);
    expect(await patternIssues(schema('^a'), { code: 'abc' }, options)).toEqual([]);
  });

  it('refuses a text when its pattern takes too long, and compares no further texts', async () => {
    const hostile = {
      properties: { a: { pattern: '^(a+)+$' }, b: { pattern: 'never compared' } },
    };
    const value = { a: `${'a'.repeat(60)}!`, b: 'x' };
    expect(await patternIssues(hostile, value, options)).toEqual([
      { path: 'a', message: expect.stringContaining('took longer than') },
    ]);
  });

  it('J142: does not refuse texts when the process that compares patterns has ended', async () => {
    const ended = new StepFailure(PATTERN_PROCESS_FAILED, 'The pattern failed: Its process ended.');
    const fail = () => Promise.reject(ended);
    const failing = { patterns: { match: fail, mismatches: fail } };
    for (const each of [schema('a'), { patternProperties: { a: {} } }])
      await expect(patternIssues(each, { code: 'b' }, failing)).rejects.toMatchObject({
        statusCode: 503,
        message: 'The server cannot check the inputs against their patterns now. Try again.',
      });
  });

  it('compares patterns of property names, and patterns in alternatives', async () => {
    const either = {
      properties: { id: { oneOf: [{ pattern: '^[A-Z]+$' }, { pattern: '^[0-9]+$' }] } },
    };
    expect(await patternIssues(either, { id: 'AB' }, options)).toEqual([]);
    expect(await patternIssues(either, { id: 'a' }, options)).toEqual([
      { path: 'id', message: 'The value has none of the allowed forms.' },
    ]);
    const keys = { patternProperties: { '^n': { type: 'number' } }, additionalProperties: false };
    expect(await patternIssues(keys, { n1: 1 }, options)).toEqual([]);
    expect(await patternIssues(keys, { n1: 'a' }, options)).toEqual([
      { path: 'n1', message: 'Expected a number.' },
    ]);
    expect(await patternIssues(keys, { other: 1 }, options)).toHaveLength(1);
  });

  it('refuses a value when patterns in alternatives take too long', async () => {
    const hostile = { anyOf: [{ pattern: '^(a+)+$' }, { type: 'null' }] };
    expect(await patternIssues(hostile, `${'a'.repeat(60)}!`, options)).toEqual([
      {
        path: '',
        message: expect.stringMatching(/^The patterns could not be compared\. .* 2000 ms/),
      },
    ]);
  });

  it('ignores patterns that are not regular expressions in JavaScript', async () => {
    expect(await patternIssues(schema('('), { code: 'x' }, options)).toEqual([]);
  });

  it.each([
    ['^\\p{L}+$', 'Müller', '5'],
    ['^.$', '😀', 'ab'],
    // This pattern is not valid with the flag `u`.
    ['^[\\w-.]+\\_$', 'a.b_', 'a b'],
  ])('reads a pattern in the way that JSON Schema defines: %s', async (pattern, right, wrong) => {
    expect(await patternIssues(schema(pattern), { code: right }, options)).toEqual([]);
    expect(await patternIssues(schema(pattern), { code: wrong }, options)).toHaveLength(1);
  });

  const many = { allOf: Array.from({ length: 30 }, (_, index) => ({ pattern: `^(${index})?x$` })) };

  it('returns one issue for each pattern that the value does not match', async () => {
    expect(await patternIssues(many, 'x', options)).toEqual([]);
    expect(await patternIssues(many, '29x', options)).toHaveLength(29);
  });

  it.each([
    ['refuses patterns that together take too long', 900, 23],
    ['does not count the time in which a request waits for others beyond a second', 60_000, 20],
  ])('%s', async (_, tookMs, compared) => {
    let now = 0;
    let calls = 0;
    const match = async () => {
      now += tookMs;
      calls += 1;
      return [{ groups: ['x'] }];
    };
    const slow = { patterns: { ...options.patterns, match }, now: () => now };
    expect(await patternIssues(many, 'x', slow)).toEqual([
      { path: '', message: 'The patterns of the texts take longer than 20 s.' },
    ]);
    expect(calls).toBe(compared);
  });

  it('refuses a text that is longer than the limit', async () => {
    const long = await patternIssues(schema('x'), { code: 'x'.repeat(200_000) }, options);
    expect(long).toEqual([{ path: 'code', message: 'The text is too long for a pattern.' }]);
  });
});
