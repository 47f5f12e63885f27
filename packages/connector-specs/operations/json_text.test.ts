import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toJsonSchema } from '../schema/index.ts';
import { defineApi, jsonText } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
const search = operation('POST /search', {
  scope: 'read',
  isQuery: true,
  description: 'Finds.',
  input: { filter: jsonText(100).optional().describe('Filter in JSON') },
  output: z.object({}),
});

describe('an input that is JSON as text', () => {
  it('is sent as the object that it contains', async () => {
    const { context, sent } = aContext([{}]);
    await search.call(context, { filter: '{"or": [{"a": 1}]}' });
    expect(sent[0]?.body).toBe('{"filter":{"or":[{"a":1}]}}');
  });

  it.each(['', '  '])('is absent for the text %o', async (filter) => {
    const { context, sent } = aContext([{}]);
    await search.call(context, { filter });
    expect(sent[0]?.body).toBeUndefined();
  });

  it.each(['{', '[]', '1', 'null', '"a"', `{"a":"${'b'.repeat(100)}"}`])(
    'is rejected before the request when it is %j',
    async (filter) => {
      const { context, sent } = aContext([{}]);
      await expect(search.call(context, { filter })).rejects.toMatchObject({
        code: 'invalid_input',
      });
      expect(sent).toEqual([]);
    },
  );

  it('is described as text with JSON', () => {
    expect(toJsonSchema(search.input)).toMatchObject({
      properties: {
        filter: {
          type: 'string',
          maxLength: 100,
          contentMediaType: 'application/json',
          description: 'Filter in JSON',
        },
      },
    });
  });
});
