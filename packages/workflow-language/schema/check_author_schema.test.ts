import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  danglingReferences,
  isListOfFields,
  malformedKeywords,
  malformedMessage,
  unknownKeywords,
} from './check_author_schema.ts';

describe('malformedKeywords', () => {
  it('returns the keywords whose value JSON Schema does not allow', () => {
    const schema = {
      type: 'text',
      required: 5,
      properties: { a: { items: { enum: 1 } }, b: { type: 'string' } },
      allOf: [{ minimum: 'x' }],
    };
    expect(malformedKeywords(schema).map((path) => path.join('.'))).toEqual([
      'type',
      'required',
      'properties.a.items.enum',
      'allOf.0.minimum',
    ]);
  });

  it('returns the properties that have a text, a number or a list in place of a schema', () => {
    const properties = { a: 'type:string', b: 5, c: [1], d: null, e: true, f: {}, g: { not: {} } };
    const found = malformedKeywords({ properties, $defs: { h: 'type:number' } });
    expect(found.map((path) => path.join('.'))).toEqual([
      'properties.a',
      'properties.b',
      'properties.c',
      'properties.d',
      '$defs.h',
    ]);
    expect(malformedMessage(['properties', 'a'])).toContain('`a` needs a schema');
  });

  it('does not treat inherited names of JavaScript objects as keywords', () => {
    const schema: object = JSON.parse('{ "toString": 1, "__proto__": 1, "pattern": "(" }');
    expect(malformedKeywords(schema)).toEqual([['pattern']]);
  });
});

describe('the checks of a schema of an author', () => {
  it('never throw, whatever the schema is', () => {
    const keyword = fc.constantFrom(
      ...['type', 'items', 'allOf', 'not', 'enum', '$ref', 'required', 'properties', 'format'],
    );
    const schema = fc.dictionary(keyword, fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(schema, fc.jsonValue()), (author) => {
        malformedKeywords(author);
        danglingReferences(author);
        isListOfFields(author);
      }),
    );
  });
});

describe('unknownKeywords', () => {
  it('returns the keys that are not keywords, at any level', () => {
    const schema = {
      tyep: 'object',
      'x-order': 1,
      properties: { tyep: { defualt: 5, description: 'x', examples: [1] }, b: true },
      $defs: { c: { items: { minimun: 1 } } },
      anyOf: [{ requierd: [] }],
    };
    expect(unknownKeywords(schema).map((path) => path.join('.'))).toEqual([
      'tyep',
      'properties.tyep.defualt',
      '$defs.c.items.minimun',
      'anyOf.0.requierd',
    ]);
  });

  it('does not look into values that are not schemas', () => {
    const schema = { default: { nope: 1 }, const: { nope: 1 }, enum: [{ nope: 1 }] };
    expect(unknownKeywords(schema)).toEqual([]);
    for (const each of [undefined, null, 5, [{ nope: 1 }], true])
      expect(unknownKeywords(each)).toEqual([]);
  });

  it('ends for every value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 30 }), (value) => {
        unknownKeywords(value);
      }),
    );
  });
});
