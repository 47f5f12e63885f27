import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation } = defineApi({
  name: 'Sample API',
  baseUrl: BASE,
  errors: {
    code: ['error.code'],
    failedBody: { path: 'ok', equals: false },
  },
});
const read = { scope: 'read', description: 'Reads.', output: z.object({}) } as const;

describe('the input raw', () => {
  const list = operation('GET /items', {
    ...read,
    input: { cursor: z.string().max(100).optional() },
    output: z.object({ id: z.string() }),
    pages: { next: 'cursor', cursor: 'cursor', path: 'next', items: 'items' },
    hasRaw: true,
  });
  const body = { items: [{ id: 1, more: true }], next: 'b' };

  it('returns the body of one response without a check, and is not sent to the API', async () => {
    const { context, sent } = aContext([{ body }]);
    const input = list.input.parse({ raw: true, all: true });
    await expect(list.handler(context, input as never)).resolves.toEqual(body);
    expect(sent.map(({ url }) => url)).toEqual([`${BASE}/items`]);
  });

  it('does not return the body of a failed response', async () => {
    const { context } = aContext([{ body: { ok: false, error: { code: 'gone' } } }]);
    const input = list.input.parse({ raw: true });
    await expect(list.handler(context, input as never)).rejects.toThrow('gone');
  });

  it('exists only if the operation declares it', () => {
    const other = operation('GET /items', { ...read, input: {} });
    expect(other.input.safeParse({ raw: true }).success).toBe(false);
  });
});
