import { expect, it } from 'vitest';
import { withBodyParts } from './body_parts.ts';

const text = { type: 'string' };
const object = (properties: object) => ({ type: 'object', properties });
const factsWith = (schema: object) => ({
  parameters: [],
  body: { isRequired: true, schemas: { 'application/json': { ...schema } } },
  responses: [],
});
const schema = object({
  title: text,
  requests: { type: 'array', items: object({ add: object({ id: text, name: text }), drop: text }) },
});

it('the selection of body parts keeps the named parts with all that they contain', () => {
  expect(withBodyParts(factsWith(schema), ['requests.*.add.id'])).toEqual(
    factsWith(
      object({ requests: { type: 'array', items: object({ add: object({ id: text }) }) } }),
    ),
  );
  expect(withBodyParts(factsWith(schema), ['requests', 'title'])).toEqual(factsWith(schema));
});

it('the selection of body parts keeps all parts when it names none', () => {
  expect(withBodyParts(factsWith(schema), undefined)).toEqual(factsWith(schema));
});
