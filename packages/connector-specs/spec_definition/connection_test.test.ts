import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from '../operations/index.ts';
import { aContext } from '../operations/operation_context.mock.ts';
import { connectionTest } from './connection_test.ts';

const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
const getItem = operation('GET /items/{itemId}', {
  description: 'Reads one item.',
  input: { itemId: z.string() },
  output: z.object({ id: z.string() }),
  oauthScopes: ['items.read'],
});

describe('a connection test', () => {
  it('sends its operation, and has the description and scopes of that operation', async () => {
    const test = connectionTest(getItem, { itemId: '7' });
    const { context, sent } = aContext([{ body: { id: '7' } }]);
    expect(await test.handler(context)).toEqual({ id: '7' });
    expect(sent[0]?.url).toBe('https://api.sample.test/items/7');
    expect(test).toMatchObject({
      enabled: true,
      description: 'Reads one item.',
      oauthScopes: ['items.read'],
    });
  });

  it('has its own description if there is one', () => {
    expect(connectionTest(getItem, { itemId: '7' }, 'Reads the item 7.').description).toBe(
      'Reads the item 7.',
    );
  });
});
