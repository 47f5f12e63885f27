import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ActionDefinition } from '../contract/types.ts';
import { composed, defineApi, optionalText, textOf } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation } = defineApi({
  name: 'Sample API',
  baseUrl: BASE,
  oauthScopes: { read: ['items.read'], change: ['items.write'], isReadRequired: false },
  readsHaveRaw: true,
});
const nothing = { input: {}, output: z.object({}) } as const;

describe('an operation with another path for calls without an optional input', () => {
  const list = operation('GET /folders/{folder}/items', {
    input: { folder: optionalText(100), size: z.int().max(9).default(5) },
    pathWithout: { folder: '/items' },
    output: z.object({}),
  });

  it.each([
    [{ folder: 'a/b' }, '/folders/a%2Fb/items?size=5'],
    [{}, '/items?size=5'],
    [{ folder: undefined, size: 2 }, '/items?size=2'],
  ])('sends the input %j by requesting %s', async (input, path) => {
    const { context, sent } = aContext([{ body: {} }]);
    await list.call(context, input);
    expect(sent.map(({ url }) => url)).toEqual([`${BASE}${path}`]);
  });

  it('refuses an invalid value of this input instead of using the other path', async () => {
    const { context, sent } = aContext([{ body: {} }]);
    await expect(list.call(context, { folder: '' })).rejects.toThrow('[folder] is not valid');
    await expect(list.call(context, { folder: '..' })).rejects.toThrow('[folder] is not valid');
    expect(sent).toEqual([]);
  });

  it('lists the other route, so that it is checked against the API description of the vendor', () => {
    expect([list.route, list.otherRoutes]).toEqual(['GET /folders/{folder}/items', ['GET /items']]);
    expect(operation('GET /items', nothing).otherRoutes).toEqual([]);
  });

  it('fills the inputs that the other path contains into that path', async () => {
    const read = operation('GET /drives/{drive}/files/{path}', {
      input: { drive: optionalText(100), path: textOf(100) },
      multiSegment: ['path'],
      pathWithout: { drive: '/me/files/{path}' },
      output: z.object({}),
    });
    const { context, sent } = aContext([{ body: {} }]);
    await read.call(context, { path: 'a/b c' });
    await read.call(context, { path: 'a', drive: 'd' });
    expect(sent.map(({ url }) => url)).toEqual([
      `${BASE}/me/files/a/b%20c`,
      `${BASE}/drives/d/files/a`,
    ]);
  });

  it('cannot be declared when the other path has a parameter without an input', () => {
    const declare = () =>
      operation('GET /folders/{folder}/items', {
        input: { folder: optionalText(100) },
        pathWithout: { folder: '/drives/{drive}/items' },
        output: z.object({}),
      });
    expect(declare).toThrow('has no input for {drive}');
  });
});

describe('an input that an auth type requires', () => {
  const list = operation('GET /users/{userId}/items', {
    input: { userId: optionalText(100) },
    pathWithout: { userId: '/me/items' },
    requiredWith: { oauth_client_credentials: ['userId'] },
    output: z.object({}),
  });
  const sentWith = async (authType: string, input: { readonly userId?: string }) => {
    const { context, sent } = aContext([{ body: {} }], { secrets: { authType } });
    const outcome = await list.call(context, input).catch(String);
    return sent.length === 0 ? outcome : sent.map(({ url }) => String(url).slice(BASE.length));
  };

  it('must be present with this auth type, and is optional with others', async () => {
    expect(await sentWith('oauth_client_credentials', {})).toContain(
      '[userId] is required with client credentials',
    );
    expect(await sentWith('oauth_client_credentials', { userId: 'u' })).toEqual(['/users/u/items']);
    expect(await sentWith('bearer', {})).toEqual(['/me/items']);
    expect(await sentWith('toString', {})).toEqual(['/me/items']);
  });
});

describe('an operation that differs by auth type', () => {
  const list = operation('GET /items', {
    input: { search: textOf(100).default('*'), region: textOf(3).optional() },
    pathWith: { oauth_client_credentials: '/items/all' },
    omittedWith: { oauth_client_credentials: ['search'], bearer: ['region'] },
    output: z.object({}),
  });
  const sentWith = async (authType: string) => {
    const { context, sent } = aContext([{ body: {} }], { secrets: { authType } });
    await list.call(context, { region: 'EUR' });
    return sent.map(({ url }) => String(url).replace(BASE, ''));
  };

  it('has the path of the auth type, or else its own, without the omitted inputs', async () => {
    expect(await sentWith('oauth_client_credentials')).toEqual(['/items/all?region=EUR']);
    expect(await sentWith('bearer')).toEqual(['/items?search=*']);
    expect(await sentWith('ears')).toEqual(['/items?search=*&region=EUR']);
  });

  it('lists the other route, so that it is checked against the API description of the vendor', () => {
    expect(list.otherRoutes).toEqual(['GET /items/all']);
  });
});

describe('a path of an input with an index', () => {
  it('puts the input into this item of a list in the body, together with other inputs', async () => {
    const search = operation('POST /search', {
      isQuery: true,
      input: { text: textOf(100), size: z.int().optional(), other: z.int().optional() },
      wire: { text: 'requests.0.query.text', size: 'requests.0.size', other: 'requests.1.size' },
      fixed: { body: { 'requests.0.types': ['item'] } },
      output: z.object({}),
    });
    const bodyOf = async (input: { text: string; size?: number; other?: number }) => {
      const { context, sent } = aContext([{ body: {} }]);
      await search.call(context, input);
      return JSON.parse(String(sent[0]?.body));
    };
    expect(await bodyOf({ text: 'a', size: 3 })).toEqual({
      requests: [{ types: ['item'], query: { text: 'a' }, size: 3 }],
    });
    expect(await bodyOf({ text: 'a', other: 4 })).toEqual({
      requests: [{ types: ['item'], query: { text: 'a' } }, { size: 4 }],
    });
    // The values of one call are not those of the next one.
    expect(await bodyOf({ text: 'b' })).toEqual({
      requests: [{ types: ['item'], query: { text: 'b' } }],
    });
  });
});

describe('an action that is composed of operations', () => {
  const read = operation('GET /items', nothing);
  const write = operation('POST /items', { ...nothing, scope: 'write' });
  const remove = operation('DELETE /items', { ...nothing, scope: 'destroy' });
  const own = { description: 'Acts.', ...nothing, input: z.strictObject({}) } as const;
  const anAction = (...calls: Parameters<typeof composed>[0]): ActionDefinition =>
    composed(calls, { ...own, handler: async () => ({}) });

  it('has the strongest effect and the scopes of all operations, each once', () => {
    expect(anAction(read)).toMatchObject({ scope: 'read', oauthScopes: ['items.read'] });
    expect(anAction(read, write, read)).toMatchObject({
      scope: 'write',
      oauthScopes: ['items.read', 'items.write'],
      isTool: true,
    });
    expect(anAction(write, remove).scope).toBe('destroy');
  });

  it('requires its scopes only if all operations require theirs', () => {
    expect(anAction(write).isScopeRequired).toBe(true);
    expect(anAction(write, read).isScopeRequired).toBe(false);
  });

  it('may declare other scopes, and that models may not call it', () => {
    const action = composed([read], {
      ...own,
      oauthScopes: ['all'],
      isTool: false,
      handler: async () => ({}),
    });
    expect(action).toMatchObject({ oauthScopes: ['all'], isTool: false, calls: [read] });
  });
});

describe('an operation that reads', () => {
  it('has the input `raw` and optional scopes if its API says so, unless it declares otherwise', () => {
    const read = operation('GET /items', nothing);
    const write = operation('POST /items', { ...nothing, scope: 'write' });
    expect([read.isScopeRequired, write.isScopeRequired]).toEqual([false, true]);
    expect(read.input.safeParse({ raw: true }).success).toBe(true);
    expect(write.input.safeParse({ raw: true }).success).toBe(false);
    const strict = operation('GET /items', { ...nothing, isScopeRequired: true, hasRaw: false });
    expect(strict.isScopeRequired).toBe(true);
    expect(strict.input.safeParse({ raw: true }).success).toBe(false);
  });

  it('has no scopes if it declares that it needs none', () => {
    expect(operation('GET /items', { ...nothing, oauthScopes: [] }).oauthScopes).toBeUndefined();
  });
});
