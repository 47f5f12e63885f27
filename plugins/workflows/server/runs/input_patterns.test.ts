import { afterAll, describe, expect, it } from '@jest/globals';
import { WorkerPatternMatcher } from '@latchkey/workflow-engine';
import { patternIssues } from './input_patterns.ts';

const processes = new WorkerPatternMatcher();
const patterns = processes.forUser('ana');
afterAll(() => processes.close());

const schema = (pattern: string) => ({ properties: { code: { type: 'string', pattern } } });

describe('patternIssues', () => {
  it('names the texts that do not match, with the pattern', async () => {
    const list = { items: { pattern: '^[A-Z]{2}$' } };
    expect(await patternIssues(list, ['AB', 'c', 'DE', 5], patterns)).toEqual([
      { path: '1', message: 'The text does not match the pattern ^[A-Z]{2}$.' },
    ]);
    expect(await patternIssues(schema('^a'), { code: 'abc' }, patterns)).toEqual([]);
  });

  it('refuses a text whose pattern takes too long, and compares no further texts', async () => {
    const hostile = {
      properties: { a: { pattern: '^(a+)+$' }, b: { pattern: 'never compared' } },
    };
    const value = { a: `${'a'.repeat(60)}!`, b: 'x' };
    expect(await patternIssues(hostile, value, patterns)).toEqual([
      { path: 'a', message: expect.stringContaining('took longer than') },
    ]);
  });

  it('does not compare what is not a regular expression here', async () => {
    expect(await patternIssues(schema('('), { code: 'x' }, patterns)).toEqual([]);
  });

  it('refuses too many patterns and too long texts', async () => {
    const many = { allOf: Array.from({ length: 21 }, (_, index) => ({ pattern: `${index}` })) };
    expect(await patternIssues(many, 'x', patterns)).toHaveLength(1);
    const long = await patternIssues(schema('x'), { code: 'x'.repeat(200_000) }, patterns);
    expect(long).toEqual([{ path: 'code', message: 'The text is too long for a pattern.' }]);
  });
});
