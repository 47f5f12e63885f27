import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dangerouslyMatchAuthorSchema,
  hasConditionalPatterns,
  validateAuthorSchema,
} from './author_schema.ts';

const messages = (schema: object, value: unknown): string[] =>
  validateAuthorSchema({ ...schema }, value).map(({ message }) => message);

/** Schema with so many schemas inside of each other. */
const nested = (levels: number): object =>
  levels === 0 ? {} : { properties: { a: nested(levels - 1) } };

const OPEN = { patternProperties: { '^x-': {} } };

describe('validateAuthorSchema', () => {
  it('follows references within the schema', () => {
    const schema = {
      properties: { a: { $ref: '#/$defs/short' }, b: { $ref: '#/definitions/n' } },
      $defs: { short: { type: 'string', maxLength: 2 } },
      definitions: { n: { type: 'number' } },
    };
    expect(messages(schema, { a: 'xyz', b: 1 })).toEqual(['The text has more than 2 characters.']);
    expect(messages(schema, { a: 'xy', b: 'n' })).toEqual(['Expected a number.']);
  });

  it('treats a list under `items` as schemas of the first members', () => {
    const schema = { items: [{ type: 'string' }, { type: 'number' }] };
    expect(messages(schema, ['a', 1, true])).toEqual([]);
    expect(messages(schema, ['a', 'b'])).toEqual(['Expected a number.']);
  });

  it('stops at references that double at each level, endless references and deep schemas', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [
        `a${index}`,
        { allOf: [{ $ref: `#/$defs/a${index + 1}` }, { $ref: `#/$defs/a${index + 1}` }] },
      ]),
    );
    const tooComplex = ['The schema is too complex, or the value too large, to be compared.'];
    expect(messages({ $ref: '#/$defs/a0', $defs }, 'x')).toEqual(tooComplex);
    expect(messages({ $ref: '#' }, 'x')).toEqual(tooComplex);
    expect(messages(nested(199), {})).toEqual([]);
    expect(messages(nested(200), {})).toEqual(tooComplex);
  });

  it.each([
    { pattern: '^(a+)+$' },
    { pattern: ['^(a+)+$'] },
    { patternProperties: { '^(a+)+$': false } },
    { format: 'constructor' },
    { format: '__defineGetter__' },
    { type: 'constructor' },
    { required: 5 },
    { enum: null },
    { allOf: 5 },
    { allOf: [null] },
    { anyOf: 1 },
    { not: null },
    { properties: null },
    { $ref: '#/nope' },
    { $ref: 5 },
    { $id: 'http://[' },
  ])('accepts any text for %j, and runs no pattern', (schema) => {
    expect(messages(schema, `${'a'.repeat(60)}!`)).toEqual([]);
  });

  it.each([
    [{ uniqueItems: true }, [1, 2, 1], 'The list has a member twice.'],
    [
      { properties: { a: { items: { uniqueItems: true } } } },
      {
        a: [
          [
            { x: 1, y: 2 },
            { y: 2, x: 1 },
          ],
        ],
      },
      'The list has a member twice.',
    ],
    [
      { propertyNames: { maxLength: 1 } },
      { ab: 1 },
      'The value breaks the rule "propertyNames" of its schema.',
    ],
    [
      { dependentRequired: { a: ['b'] } },
      { a: 1 },
      'The value breaks the rule "dependentRequired" of its schema.',
    ],
    [
      { contains: { type: 'number' }, minContains: 2 },
      [1, 'x'],
      'The value breaks the rule "minContains" of its schema.',
    ],
  ])('compares a value with the keyword %j', (schema, value, message) => {
    expect(messages(schema, value)).toContain(message);
  });

  it('compares `unevaluatedProperties` if no schema below has patterns of property names', () => {
    const closed = { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false };
    const schema = { anyOf: [closed, { type: 'string' }] };
    expect(messages(schema, { a: 1 })).toEqual([]);
    expect(messages(schema, { b: 1 })).toHaveLength(1);
  });

  it.each([
    [{ uniqueItems: true }, [1, '1', true, null, [1], { a: 1 }]],
    [{ uniqueItems: false }, [1, 1]],
    [
      { properties: { a: {} }, patternProperties: { '^x': {} }, additionalProperties: false },
      { xy: 1 },
    ],
    [
      { not: { not: { allOf: [OPEN], unevaluatedProperties: false } }, type: 'object' },
      { 'x-a': 1 },
    ],
    [
      { not: { not: { $ref: '#/$defs/a', unevaluatedProperties: false } }, $defs: { a: OPEN } },
      { 'x-a': 1 },
    ],
    [{ propertyNames: { maxLength: 2 } }, { ab: 1 }],
    [{ dependentRequired: { a: ['b'] } }, { a: 1, b: 2 }],
  ])('accepts a matching value for %j', (schema, value) => {
    expect(messages(schema, value)).toEqual([]);
  });

  const CODE = { type: 'string', pattern: '^[A-Z]+$' };
  const NUMBER = { type: 'string', pattern: '^[0-9]+$' };
  it.each([
    [{ oneOf: [CODE, NUMBER] }, 'AB', 'ab'],
    [{ anyOf: [CODE, { type: 'number' }] }, 'AB', 'ab'],
    [{ not: CODE }, 'ab', 'AB'],
    [{ not: { not: { properties: { a: CODE } } } }, { a: 'AB' }, { a: 'ab' }],
    [{ if: CODE, else: { maxLength: 3 } }, 'ABCD', 'abcd'],
    [{ contains: CODE, maxContains: 1 }, ['A', 'b'], ['A', 'B']],
    [{ propertyNames: { pattern: '^x' } }, { x1: 1 }, { y1: 1 }],
    [{ patternProperties: { '^n': { type: 'number' } } }, { n1: 1, s1: 'a' }, { n1: 'a' }],
    [{ patternProperties: { '^n': {} }, additionalProperties: false }, { n1: 1 }, { s1: 1 }],
    [
      {
        not: {
          not: { allOf: [{ patternProperties: { '^n': {} } }], unevaluatedProperties: false },
        },
      },
      { n1: 1 },
      { s1: 1 },
    ],
    [{ unevaluatedProperties: CODE }, { a: 'AB' }, { a: 'ab' }],
    [{ prefixItems: [{}], unevaluatedItems: CODE }, [1, 'AB'], [1, 'ab']],
    [{ anyOf: [{ $ref: '#/$defs/code' }], $defs: { code: CODE } }, 'AB', 'ab'],
  ])(
    'with %j, accepts both %j and %j without patterns, but only one of them with patterns',
    (schema, fit, misfit) => {
      expect(messages(schema, fit)).toEqual([]);
      expect(messages(schema, misfit)).toEqual([]);
      expect(hasConditionalPatterns(schema)).toBe(true);
      expect(dangerouslyMatchAuthorSchema(schema, fit)).toEqual([]);
      expect(dangerouslyMatchAuthorSchema(schema, misfit)).not.toEqual([]);
    },
  );

  it.each([
    [{ not: { pattern: '^[\\w-.]+\\_$' } }],
    [{ oneOf: [{ pattern: '(' }, { type: 'string' }] }],
    [{ patternProperties: { '[\\w-.]': false } }],
    [{ not: { uniqueItems: true } }],
    [{ not: { format: 'regex' } }],
  ])(
    'accepts any value for %j, with and without patterns, because it cannot be compared',
    (schema) => {
      for (const value of ['a_', 'x', { 'a-': 1 }, [1, 2]]) {
        expect(messages(schema, value)).toEqual([]);
        expect(dangerouslyMatchAuthorSchema(schema, value)).toEqual([]);
      }
    },
  );

  it.each([
    [{ properties: { a: CODE } }, false],
    [{ allOf: [CODE] }, false],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, false],
    [{ properties: { a: { patternProperties: {} } } }, true],
  ])('finds conditional patterns in %j (expected: %s)', (schema, expected) => {
    expect(hasConditionalPatterns(schema)).toBe(expected);
  });

  it('does not compare members of a list that are templates', () => {
    const list = ['{{ a }}', '{{ a }}'];
    expect(
      validateAuthorSchema({ uniqueItems: true }, list, (text) => text.includes('{{')),
    ).toEqual([]);
  });

  it('ends in time for large lists of values and of choices', () => {
    const items = Array.from({ length: 5_000 }, (_, index) => ({ index }));
    expect(messages({ items: { enum: items } }, items)).toHaveLength(1);
    expect(messages({ items: { type: 'string' } }, Array(200_000).fill(1)).length).toBeGreaterThan(
      0,
    );
  });

  it.each([
    ['const', (keys: object) => ({ const: keys })],
    ['enum', (keys: object) => ({ enum: [keys] })],
    ['dependentRequired', (keys: object) => ({ dependentRequired: keys })],
  ])(
    'J167: counts the members of objects in `%s` towards the limit of comparisons',
    (_, keyword) => {
      const withKeys = (count: number) =>
        keyword(
          Object.fromEntries(Array.from({ length: count }, (__, index) => [`k${index}`, []])),
        );
      const values = Array.from({ length: 5_000 }, () => ({}));
      const startedAt = process.cpuUsage();
      expect(messages({ items: withKeys(1_500) }, values)).toEqual([
        'The schema is too complex, or the value too large, to be compared.',
      ]);
      // Without the limit, this takes 2 s or more.
      expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(1);
      expect(messages({ items: withKeys(20) }, [{ other: 1 }, {}])).not.toContain(
        'The schema is too complex, or the value too large, to be compared.',
      );
    },
  );

  it('counts the characters of texts towards the limit of comparisons', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`p${index}`, { maxLength: 5 }]),
    );
    const anyOf = Object.values(properties);
    const tooComplex = ['The schema is too complex, or the value too large, to be compared.'];
    expect(messages({ anyOf }, 'x'.repeat(1_000_000))).toEqual(tooComplex);
    expect(messages({ properties }, { q: ['x'.repeat(30_000), 'x'.repeat(30_000)] })).toEqual(
      tooComplex,
    );
    expect(messages({ properties }, { q: 'x'.repeat(40_000) })).toEqual([]);
    expect(messages({ type: 'string', maxLength: 2_000_000 }, 'x'.repeat(1_000_000))).toEqual([]);
  });

  it('counts the characters of texts ten times for each format', () => {
    const allOf = Array.from({ length: 60 }, () => ({ format: 'date' }));
    const text = 'x'.repeat(100_000);
    expect(messages({ allOf }, text)).toEqual([
      'The schema is too complex, or the value too large, to be compared.',
    ]);
    expect(messages({ allOf: allOf.slice(30) }, text)).toContain('The text is not a valid date.');
    expect(messages({ allOf: allOf.map(() => ({ maxLength: 1e6 })) }, text)).toEqual([]);
  });

  it('can compare a schema of 200 fields with formats', () => {
    const names = Array.from({ length: 200 }, (_, index) => `p${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { format: 'uri' }]));
    const value = Object.fromEntries(names.map((name) => [name, 'https://a.example/path']));
    expect(messages({ properties }, value)).toEqual([]);
    expect(messages({ properties }, { ...value, p7: 'x' })).toEqual([
      'The text is not a valid uri.',
    ]);
  });

  it('accepts any text for the format `regex`, without compiling it as a regular expression', () => {
    expect(messages({ format: 'regex' }, '(')).toEqual([]);
    expect(messages({ format: ['regex'] }, '(')).toEqual([]);
  });

  it('ends in time for a value that is nested deeply', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(messages({ properties: { a: { type: 'string' } } }, { a: deep })).toHaveLength(1);
  });

  it('never throws, whatever the schema is', () => {
    const keyword = fc.constantFrom(
      ...['type', 'items', 'allOf', 'not', 'enum', '$ref', 'required', 'properties', 'format'],
    );
    const schema = fc.dictionary(keyword, fc.jsonValue());
    fc.assert(
      fc.property(schema, fc.jsonValue(), (author, value) => {
        validateAuthorSchema(author, value);
      }),
    );
  });
});
