import { expect, it } from 'vitest';
import { enumValuesOf } from './enum_values.ts';
import { list, object, parameter } from './written_facts.ts';

it('the documented values of a request are found in its query and at any depth of its body', () => {
  const order = { type: 'string', enum: ['asc', 'desc'] };
  const schema = object({ sort: list(object({ by: { anyOf: [order, { type: 'null' }] } })) });
  const found = enumValuesOf(
    {
      method: 'POST',
      url: '/items?order=asc&kinds=a,b&x=asc',
      contentType: 'application/json; charset=utf-8',
      body: '{"sort":[{"by":"desc"},{"by":null}]}',
    },
    {
      parameters: [
        parameter('query', 'order', order),
        { ...parameter('query', 'kinds', list({ enum: ['a', 'b', 'c'] })), isCommaSeparated: true },
        parameter('query', 'x'),
      ],
      body: { isRequired: true, schemas: { 'application/json': schema } },
      responses: [],
    },
  );
  expect(found).toEqual([
    { place: 'order', sent: ['asc'], documented: ['asc', 'desc'] },
    { place: 'kinds', sent: ['a', 'b'], documented: ['a', 'b', 'c'] },
    { place: 'sort[].by', sent: ['desc'], documented: ['asc', 'desc'] },
    { place: 'sort[].by', sent: [null], documented: ['asc', 'desc'] },
  ]);
});
