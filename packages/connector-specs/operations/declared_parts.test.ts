import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import { defineApi } from './define_api.ts';
import { textOf } from './fields.ts';
import { aContext } from './operation_context.mock.ts';

const BASE = 'https://api.example.test';
const { operation, query } = defineApi({ name: 'Sample API', baseUrl: BASE });
const nothing = { input: {}, output: z.object({}) } as const;

describe('the effect of an operation that states none', () => {
  it('is destroy for PUT, PATCH and DELETE, which change or remove existing data', () => {
    for (const route of ['PUT /items', 'PATCH /items', 'DELETE /items'] as const)
      expect(operation(route, nothing).scope).toBe('destroy');
  });
});

describe('a failed request', () => {
  it.each([
    ['PUT', 2],
    ['DELETE', 2],
    ['PATCH', 1],
  ] as const)('by %s without isRepeatable is sent %i time(s)', async (method, count) => {
    const { context, sent } = aContext([{ status: 503, headers: { 'retry-after': '0' } }, {}]);
    await operation(`${method} /items`, nothing)
      .call(context, {})
      .catch(() => undefined);
    expect(sent).toHaveLength(count);
  });

  it('by PUT is not repeated if the operation is not repeatable', async () => {
    const { context, sent } = aContext([{ status: 503, headers: { 'retry-after': '0' } }, {}]);
    const merge = operation('PUT /items/merge', { ...nothing, isRepeatable: false });
    await expect(merge.call(context, {})).rejects.toBeInstanceOf(ConnectorActionError);
    expect(sent).toHaveLength(1);
  });
});

describe('a fixed part of the path', () => {
  it('is sent instead of an input', async () => {
    const search = operation('POST /objects/{type}/{id}', {
      ...nothing,
      isQuery: true,
      input: { id: textOf(10) },
      fixed: { path: { type: 'deals & more' } },
    });
    const { context, sent } = aContext([{}]);
    await search.call(context, { id: '1' });
    expect(sent[0]?.url).toBe(`${BASE}/objects/deals%20%26%20more/1`);
    expect(search.route).toBe('POST /objects/{type}/{id}');
  });

  it('is refused if the path has no such parameter', () => {
    const options = { ...nothing, fixed: { path: { kind: 'deals' } } } as const;
    expect(() => operation('GET /objects', options)).toThrow('has no {kind} in its path');
  });
});

describe('a path of an input that ends with a hyphen', () => {
  it('appends the inputs that are given to the list, in their order', async () => {
    const equals = (name: string) => textOf(10).transform((value) => ({ name, value }));
    const search = operation('POST /search', {
      ...nothing,
      isQuery: true,
      input: { owner: equals('owner').optional(), stage: equals('stage').optional() },
      wire: { owner: 'groups.0.filters.-', stage: 'groups.0.filters.-' },
    });
    const { context, sent } = aContext([{}]);
    await search.call(context, { owner: 'o', stage: 's' });
    await search.call(context, { stage: 's' });
    expect(sent.map(({ body }) => JSON.parse(String(body)))).toEqual([
      {
        groups: [
          {
            filters: [
              { name: 'owner', value: 'o' },
              { name: 'stage', value: 's' },
            ],
          },
        ],
      },
      { groups: [{ filters: [{ name: 'stage', value: 's' }] }] },
    ]);
  });
});

describe('the object of the body that has the inputs', () => {
  it('contains those that are not in the path and have no other name', async () => {
    const { context, sent } = aContext([{}]);
    const change = operation('PUT /items/{id}', {
      ...nothing,
      input: { id: textOf(10), title: textOf(10), kind: textOf(10), draft: z.boolean() },
      bodyObject: 'lists.0.fields',
      wire: { kind: 'kind', draft: { in: 'query' } },
    });
    await change.call(context, { id: 'i', title: 't', kind: 'k', draft: true });
    expect(sent[0]?.url).toMatch(/\/items\/i\?draft=true$/);
    expect(JSON.parse(String(sent[0]?.body))).toEqual({
      lists: [{ fields: { title: 't' } }],
      kind: 'k',
    });
  });
});

describe('the result of an operation', () => {
  const item = z.object({ id: z.string() });

  it('is the part of the body that the operation names', async () => {
    const body = { replies: [{ added: { id: 'a', other: 1 } }] };
    const { context } = aContext([{ body }]);
    const add = operation('POST /items', {
      ...nothing,
      scope: 'write',
      result: 'replies.0.added',
      output: item,
    });
    expect(await add.call(context, {})).toEqual({ id: 'a' });
  });

  it('is an error that names the part of the body when the response lacks it', async () => {
    const get = operation('GET /x', { ...nothing, input: {}, output: item, result: 'data' });
    const list = operation('GET /x', {
      ...nothing,
      input: { cursor: z.string().optional() },
      output: item,
      pages: { next: 'cursor', cursor: 'cursor', path: 'next', items: 'found.items' },
    });
    const message = 'the response of Sample API does not have its documented form at';
    const body = { found: { items: [{ id: 7 }] } };
    await expect(get.call(aContext([{ body: {} }]).context, {})).rejects.toThrow(
      `${message} [data]`,
    );
    await expect(list.call(aContext([{ body: {} }]).context, {})).rejects.toThrow(
      `${message} [found.items]`,
    );
    await expect(list.call(aContext([{ body }]).context, {})).rejects.toThrow(
      `${message} [found.items.0.id]`,
    );
  });

  it('is an error if the body does not have the part', async () => {
    const { context } = aContext([{ body: { replies: [] } }]);
    const read = operation('GET /items', { ...nothing, result: 'replies.0', output: item });
    await expect(read.call(context, {})).rejects.toMatchObject({ code: 'unexpected_response' });
  });

  it('is a part of the data of a GraphQL response', async () => {
    const { context } = aContext([{ body: { data: { item: { id: 'a' } } } }]);
    const document = 'query item { item { id } }';
    const read = query({ ...nothing, document, result: 'item', output: item });
    expect(await read.call(context, {})).toEqual({ id: 'a' });
  });
});
