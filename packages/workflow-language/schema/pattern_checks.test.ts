import { expect, it } from 'vitest';
import { patternChecks, patternMessage } from './pattern_checks.ts';

const CODE = { type: 'string', pattern: '^[A-Z]+$' };

it('the check of patterns finds the texts for each pattern, including those in lists and behind references', () => {
  const schema = {
    properties: {
      code: CODE,
      list: { items: { $ref: '#/$defs/code' } },
      all: { allOf: [CODE, { pattern: 'x' }] },
      pair: { prefixItems: [CODE], items: { pattern: 'x' } },
    },
    additionalProperties: CODE,
    $defs: { code: CODE },
  };
  const value = { code: 'a', list: ['b', 5], all: 'c', pair: ['d', 'e'], other: 'f' };
  expect(patternChecks(schema, value)).toEqual([
    {
      pattern: '^[A-Z]+$',
      texts: [
        { path: ['code'], text: 'a' },
        { path: ['list', 0], text: 'b' },
        { path: ['all'], text: 'c' },
        { path: ['pair', 0], text: 'd' },
        { path: ['other'], text: 'f' },
      ],
    },
    {
      pattern: 'x',
      texts: [
        { path: ['all'], text: 'c' },
        { path: ['pair', 1], text: 'e' },
      ],
    },
  ]);
});

it('the check of patterns skips alternatives, because a value need not match them', () => {
  expect(patternChecks({ anyOf: [CODE, { type: 'number' }], not: CODE }, 'a')).toEqual([]);
});

it('the check of patterns ends when a schema refers to itself', () => {
  expect(patternChecks({ $ref: '#', pattern: 'x' }, 'a')[0]?.texts.length).toBeLessThan(1_000);
});

it('the message for a pattern names the pattern', () => {
  expect(patternMessage('^a$')).toBe('The text does not match the pattern ^a$.');
});
