import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from './index.ts';

const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
const snake = defineApi({
  name: 'Sample API',
  baseUrl: 'https://api.sample.test',
  naming: 'snake_case',
}).operation;
const text = z.string().max(10);
const common = { scope: 'read', description: 'Reads.', output: z.object({}) } as const;

describe('an operation', () => {
  it('compiles only if each path key has a required input', () => {
    operation('GET /a/{id}', { ...common, input: { id: text } });
    operation('GET /a/{item_id}', { ...common, input: { id: text }, wire: { id: 'item_id' } });
    snake('GET /a/{item_id}', { ...common, input: { itemId: text } });
    // @ts-expect-error: no input for {id}
    expect(() => operation('GET /a/{id}', { ...common, input: { name: text } })).toThrow('{id}');
    // @ts-expect-error: the input for {id} is optional
    operation('GET /a/{id}', { ...common, input: { id: text.optional() } });
    expect(() =>
      // @ts-expect-error: the input for {id} is sent under another name
      operation('GET /a/{id}', { ...common, input: { id: text }, wire: { id: 'other' } }),
    ).toThrow('{id}');
    // @ts-expect-error: without the naming snake_case, {item_id} has no input
    expect(() => operation('GET /a/{item_id}', { ...common, input: { itemId: text } })).toThrow();
    expect(() =>
      // @ts-expect-error: the input is sent as `item_id`
      snake('GET /a/{itemId}', { ...common, input: { itemId: text } }),
    ).toThrow('the input [itemId] is sent as [item_id]');
  });

  it('compiles only if wire names and page rules refer to its inputs', () => {
    expect(() =>
      // @ts-expect-error: there is no input `nmae`
      operation('GET /a', { ...common, input: { name: text }, wire: { nmae: 'n' } }),
    ).toThrow('[nmae]');
    expect(() =>
      operation('GET /a', {
        ...common,
        input: { name: text },
        // @ts-expect-error: there is no input `after`
        pages: { next: 'cursor', cursor: 'after', path: 'next', items: 'items' },
      }),
    ).toThrow('[after]');
  });

  it('cannot have the scope read with a method that changes data, unless it is a query', () => {
    const input = { name: text };
    expect(() => operation('POST /a', { ...common, input })).toThrow('can change data');
    expect(operation('POST /a', { ...common, input, isQuery: true })).toMatchObject({
      isQuery: true,
    });
  });

  it('has the result type of its output, or of a page when it has pages', async () => {
    const output = z.object({ id: z.number() });
    const one = operation('GET /a', { ...common, output, input: {} });
    const many = operation('GET /a', {
      ...common,
      output,
      input: { after: text.optional() },
      pages: { next: 'cursor', cursor: 'after', path: 'next', items: 'items' },
    });
    type Result<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>>;
    const single: Result<typeof one.call> = { id: 1 };
    const page: Result<typeof many.call> = { items: [{ id: 1 }], nextCursor: 'a' };
    // @ts-expect-error: a page has `items`, not `id`
    const wrong: Result<typeof many.call> = { id: 1 };
    expect([single, page, wrong]).toBeDefined();
  });
});
