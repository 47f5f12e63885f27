import { describe, expect, it } from 'vitest';
import { duration, either, integer, list, object, oneOf, record, text } from './json_schema.ts';
import { validateSchema } from './validate_schema.ts';

const schema = object({
  name: text({ minLength: 1 }),
  'count?': integer({ minimum: 1 }),
  'mode?': oneOf(['a', 'b']),
  'items?': list(object({ id: text() }), { minItems: 1 }),
  'wait?': duration(),
  'limit?': either([integer(), object({ max: integer() })]),
  'rest?': record(integer()),
});

const issues = (value: unknown) =>
  validateSchema(schema, value, (each) => each.includes('{{')).map(({ path, message }) =>
    [path.join('.'), message].join(': '),
  );

describe('validateSchema', () => {
  it('accepts a value that matches the schema', () => {
    expect(
      issues({
        name: 'x',
        count: 2,
        mode: 'a',
        items: [{ id: 'i' }],
        wait: '1h30m',
        limit: { max: 1 },
        rest: { any: 1 },
      }),
    ).toEqual([]);
  });

  it.each<[unknown, readonly string[]]>([
    [{}, [': The key `name` is missing.']],
    [{ name: '' }, ['name: The text is empty.']],
    [{ name: 5 }, ['name: Expected a text.']],
    [{ name: 'x', count: 0 }, ['count: The number is less than 1.']],
    [{ name: 'x', count: 1.5 }, ['count: Expected a whole number.']],
    [{ name: 'x', mode: 'c' }, ['mode: Expected one of "a", "b".']],
    [{ name: 'x', items: [] }, ['items: The list is empty.']],
    [{ name: 'x', items: [{}] }, ['items.0: The key `id` is missing.']],
    [{ name: 'x', items: [{ id: 1 }] }, ['items.0.id: Expected a text.']],
    [{ name: 'x', wait: '1.5s' }, ['wait: Expected a duration such as 30s, 5m or 1h30m.']],
    [{ name: 'x', limit: 'y' }, ['limit: Expected a whole number or an object.']],
    [{ name: 'x', rest: { a: 'b' } }, ['rest.a: Expected a whole number.']],
    [{ name: 'x', nam: 1 }, ['nam: The key `nam` is unknown here.']],
    [[], [': Expected an object.']],
  ])('reports each fault of %j only once', (value, expected) => {
    expect(issues(value)).toEqual(expected);
  });

  it.each(['not', 'if', 'anyOf', 'oneOf', 'contains', 'properties'])(
    'treats a property with the name of the keyword %o as an ordinary property',
    (name) => {
      const named = (keyword: string) => ({ [keyword]: { [name]: { type: 'string' } } });
      const found = (keyword: string) => validateSchema(named(keyword), { [name]: 1 });
      const mismatch = { path: [name], message: 'Expected a text.' };
      expect(found('properties')).toMatchObject([mismatch]);
      expect(found('patternProperties')).toMatchObject([mismatch]);
      const dependent = { dependentSchemas: { [name]: { required: ['b'] } } };
      expect(validateSchema(dependent, { [name]: 1 })).toContainEqual(
        expect.objectContaining({ kind: 'missing_key', message: 'The key `b` is missing.' }),
      );
      const alternative = { not: { not: named('properties') } };
      expect(validateSchema(alternative, { [name]: 1 })).toHaveLength(1);
    },
  );

  it('accepts a template wherever a value is expected', () => {
    expect(
      issues({ name: 'x', count: '${{ a }}', wait: '{{ a }}', limit: { max: '{{ a }}' } }),
    ).toEqual([]);
  });

  it('refuses an object in place of a list, also if it contains a template', () => {
    expect(issues({ name: 'x', items: { id: '{{ a }}' }, rest: ['{{ a }}'] })).toEqual([
      'items: Expected a list.',
      'rest: Expected an object.',
    ]);
  });

  it('names the allowed keys when a key is unknown', () => {
    const [issue] = validateSchema(schema, { name: 'x', constructor: 1 });
    expect(issue).toMatchObject({ kind: 'unknown_key', path: ['constructor'] });
    expect(issue?.allowedKeys).toContain('count');
  });
});

it.each(['ü a', '50%', '#1', 'a/b~c', '?x=1&y', '日本'])(
  'the comparison with a schema names the key %s and the fault of this key',
  (name) => {
    const schema = { properties: { [name]: { type: 'number' } }, additionalProperties: false };
    expect(validateSchema(schema, { [name]: 'x' })).toMatchObject([
      { path: [name], message: 'Expected a number.' },
    ]);
  },
);

it('a key with half a surrogate pair is refused by the comparison with a schema', () => {
  expect(validateSchema({ additionalProperties: {} }, { '\ud800': 'x' })).toHaveLength(1);
});
