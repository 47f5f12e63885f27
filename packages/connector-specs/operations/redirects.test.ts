import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation } = defineApi({ name: 'Sample API', baseUrl: BASE });
const read = { scope: 'read', description: 'Reads.', input: {} } as const;
const refused = {
  code: 'unexpected_response',
  message: 'Sample API redirected to another host',
};

describe('a redirect of an operation', () => {
  it.each(['https://evil.test/x', 'https://api.sample.test:8443/x', 'http://api.sample.test/x'])(
    'is not followed to %s',
    async (url) => {
      const get = operation('GET /x', { ...read, output: z.object({}) });
      await expect(get.call(aContext([{ url }]).context, {})).rejects.toMatchObject(refused);
    },
  );

  it('is not followed if the request would become a GET', async () => {
    const create = operation('POST /x', { ...read, scope: 'write', output: z.object({}) });
    const { context } = aContext([{ url: `${BASE}/y`, method: 'GET' }]);
    await expect(create.call(context, {})).rejects.toMatchObject({
      code: 'unexpected_response',
      message: 'Sample API redirected a POST to a GET, which was not sent',
    });
    const kept = aContext([{ url: `${BASE}/y`, method: 'POST' }]);
    expect(await create.call(kept.context, {})).toEqual({});
  });

  it.each([
    ['https://files.sample.test/f', true],
    ['https://a.b.content.test/f', true],
    ['https://content.test/f', false],
    ['https://evilcontent.test/f', false],
    [`${BASE}/other`, true],
  ])('to %s is followed (expected: %o)', async (url, isNamed) => {
    const download = operation('GET /x/content', {
      ...read,
      output: z.instanceof(Buffer),
      response: 'bytes',
      redirectHosts: ['files.sample.test', '*.content.test'],
    });
    const content = download.call(aContext([{ url, body: '{"a": 1}' }]).context, {});
    if (isNamed) expect(await content).toEqual(Buffer.from('{"a": 1}'));
    else await expect(content).rejects.toMatchObject(refused);
  });
});
