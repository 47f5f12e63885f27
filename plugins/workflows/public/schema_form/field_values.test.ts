import { describe, expect, it } from 'vitest';
import { encodeFields, fieldOfIssue, fieldTexts, serverIssues } from './field_values.ts';
import { ANY_VALUE, schemaFields } from './schema_field.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'What to search.' },
    size: { type: 'integer', minimum: 1, default: 10 },
    mode: { enum: ['fast', 2], title: 'Mode' },
    all: { type: 'boolean' },
    tags: { type: 'array' },
    ids: { type: 'array', items: { type: 'number' } },
    filter: { type: 'object', properties: { a: { type: 'number' } } },
  },
  required: ['query', 'size'],
};
const fields = schemaFields(SCHEMA);
/** Encodes a form in which all fields are empty except the given texts. */
const encode = (texts: Readonly<Record<string, string>>) =>
  encodeFields(
    SCHEMA,
    fields,
    fields.map(({ name }) => texts[name] ?? ''),
  );
const faultOf = (name: string, text: string) => {
  const encoded = encode({ query: 'x', [name]: text });
  return encoded.kind === 'faults'
    ? encoded.faults.get(fields.findIndex((field) => field.name === name))
    : undefined;
};

describe('schemaFields', () => {
  it('creates a field for each property in the order of the schema', () => {
    expect(fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ['query', 'text', true],
      // This field is not required, because the server fills in its default.
      ['size', 'integer', false],
      ['mode', 'choice', false],
      ['all', 'boolean', false],
      ['tags', 'list', false],
      ['ids', 'list', false],
      ['filter', 'json', false],
    ]);
    expect(fields[2]?.label).toBe('Mode');
    expect(fields[5]?.items).toBe('number');
  });

  it('uses a JSON field for values without a simple type', () => {
    const kinds = schemaFields({
      properties: {
        any: {},
        either: { anyOf: [{ type: 'string' }] },
        objects: { type: 'array', items: { type: 'object' } },
        nullable: { type: ['null', 'string'] },
        long: { type: 'string', maxLength: 5000 },
      },
    }).map(({ kind }) => kind);
    expect(kinds).toEqual(['json', 'json', 'json', 'text', 'long_text']);
  });
});

describe('encodeFields', () => {
  it('omits empty fields', () => {
    expect(encode({ query: 'x' })).toEqual({ kind: 'values', values: { query: 'x' } });
  });

  it('converts each text to the type of its field', () => {
    const texts = {
      query: ' a ',
      size: '5',
      mode: '1',
      all: 'false',
      tags: 'a\n\n b ',
      ids: '1\n2.5',
      filter: '{"a": 1}',
    };
    expect(encode(texts)).toEqual({
      kind: 'values',
      values: {
        query: ' a ',
        size: 5,
        mode: 2,
        all: false,
        tags: ['a', 'b'],
        ids: [1, 2.5],
        filter: { a: 1 },
      },
    });
  });

  it.each([
    ['a text', 'a text'],
    ['12', 12],
    // JSON numbers would lose digits.
    ['1700000000.100000', '1700000000.100000'],
    ['12345678901234567890', '12345678901234567890'],
    ['[1, { "a": 2 }]', [1, { a: 2 }]],
    ['"12"', '12'],
    ['null', null],
    ['{ no JSON', '{ no JSON'],
  ])('reads a value of any type as JSON, or else as a text: %s', (text, value) => {
    const schema = { type: 'object', properties: { any: ANY_VALUE } };
    const encoded = encodeFields(schema, schemaFields(schema), [text]);
    expect(encoded).toEqual({ kind: 'values', values: { any: value } });
  });

  it('reads a number as a text if the schema accepts texts and objects only', () => {
    const schema = { type: 'object', properties: { id: { type: ['string', 'object'] } } };
    const encoded = encodeFields(schema, schemaFields(schema), ['123']);
    expect(encoded).toEqual({ kind: 'values', values: { id: '123' } });
  });

  it('reads a list that is entered as JSON', () => {
    expect(encode({ query: 'x', tags: '[1, "b"]' })).toMatchObject({ values: { tags: [1, 'b'] } });
  });

  it.each([
    ['query', '', 'required'],
    ['size', 'many', 'number'],
    ['size', '1.5', 'integer'],
    ['ids', '1\nx', 'items'],
    ['filter', '{a}', 'json'],
    ['filter', '{"a": "x"}', 'mismatch'],
    ['size', '0', 'mismatch'],
  ])('refuses, for the field %s, the text %j', (name, text, kind) => {
    expect(faultOf(name, text)).toMatchObject({ kind });
  });
});

it('field texts show given values, and are empty for absent values', () => {
  const values = { query: 'x', size: 3, mode: 2, all: true, tags: ['a'], filter: { a: 1 } };
  const texts = fieldTexts(fields, values);
  expect(texts[5]).toBe('');
  expect(encodeFields(SCHEMA, fields, texts)).toEqual({ kind: 'values', values });
});

it('the position of a field is found for an issue of the server', () => {
  const issues = serverIssues({
    issues: [
      { path: 'filter.a', message: 'Expected a number.' },
      { path: '', message: 'Unknown key.' },
      'x',
    ],
  });
  expect(issues.map((issue) => fieldOfIssue(fields, issue))).toEqual([6, -1]);
  expect(serverIssues(undefined)).toEqual([]);
});
