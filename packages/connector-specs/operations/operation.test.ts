import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { getConnectorActionErrorMeta } from '../contract/errors.ts';
import { toJsonSchema } from '../schema/index.ts';
import { defineApi } from './index.ts';
import { aContext, settled } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation, query } = defineApi({
  name: 'Sample API',
  baseUrl: BASE,
  headers: { 'X-Version': '1' },
  naming: 'snake_case',
  idempotencyHeader: 'Idempotency-Key',
  errors: {
    message: ['error.message', 'errors.*.message'],
    code: ['error.code', 'errors.*.extensions.code'],
    requestIdHeader: 'x-request-id',
    failedBody: { path: 'ok', equals: false },
  },
});
const text = () => z.string().max(5_000);
const read = { scope: 'read', description: 'Reads.', output: z.object({}) } as const;
const write = { scope: 'write', description: 'Writes.', output: z.object({}) } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-29T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the scopes of an operation', () => {
  const api = defineApi({
    name: 'Scoped API',
    baseUrl: BASE,
    oauthScopes: { read: ['items.read'], change: ['items.write'] },
  });
  const nothing = { input: {}, output: z.object({}) } as const;

  it('follow from its method, unless it states its own', () => {
    expect(api.operation('GET /items', nothing)).toMatchObject({
      scope: 'read',
      oauthScopes: ['items.read'],
    });
    expect(api.operation('POST /search', { ...nothing, isQuery: true }).scope).toBe('read');
    expect(api.operation('POST /items', { ...nothing, scope: 'write' })).toMatchObject({
      scope: 'write',
      oauthScopes: ['items.write'],
    });
    expect(api.operation('GET /me', { ...nothing, oauthScopes: ['me'] }).oauthScopes).toEqual([
      'me',
    ]);
  });

  it('follow from the kind of a GraphQL document', () => {
    expect(api.query({ ...nothing, document: 'query items { items { id } }' }).scope).toBe('read');
    const change = 'mutation change { change { id } }';
    expect(() => api.query({ ...nothing, document: change })).toThrow('needs a scope');
    const document = `# Changes it.\n${change}`;
    expect(() => api.query({ ...nothing, document })).toThrow(
      'must begin with `query` or `mutation`',
    );
  });

  it('must be stated for a method that can change data, because it has no default', () => {
    expect(() => api.operation('POST /items', nothing)).toThrow('needs a scope');
  });
});

describe('the request of an operation', () => {
  const search = operation('GET /spaces/{space_id}/items', {
    ...read,
    input: {
      spaceId: text(),
      query: text().optional(),
      perPage: z.int().optional(),
      tags: z.array(text()).max(5).optional(),
      since: text().optional(),
    },
    wire: {
      query: { name: 'q', template: '{value} is:open' },
      tags: { list: 'comma' },
      since: { in: 'header', name: 'X-Since' },
    },
    fixed: { query: { expand: true } },
  });

  it('appends inputs to the text of another input, in their order', async () => {
    const { context, sent } = aContext([{}]);
    const find = operation('GET /items', {
      ...read,
      input: { query: text(), author: text().optional(), after: text().optional() },
      wire: {
        query: { name: 'q', template: '{value} is:open' },
        after: { appendTo: 'query', template: ' after:{value}' },
        author: { appendTo: 'query', template: ' from:{value}' },
      },
    });
    await find.call(context, { query: 'x', author: 'ana', after: '2026' });
    await find.call(context, { query: 'x', author: '' });
    expect(sent.map(({ url }) => url)).toEqual([
      `${BASE}/items?q=x%20after%3A2026%20from%3Aana%20is%3Aopen`,
      `${BASE}/items?q=x%20is%3Aopen`,
    ]);
    expect(() =>
      operation('GET /items', {
        ...read,
        input: { author: text() },
        wire: { author: { appendTo: 'query' } },
      }),
    ).toThrow('has no input [query]');
  });

  it('has names, places and fixed values as declared, and omits undefined inputs', async () => {
    const { context, sent } = aContext([{}]);
    await search.call(context, {
      spaceId: 'a/b c',
      query: 'x&y + z',
      tags: ['p', 'q'],
      since: '5',
    });
    await search.call(context, { spaceId: '1', perPage: 3, query: '' });
    expect(sent).toEqual([
      {
        url: `${BASE}/spaces/a%2Fb%20c/items?expand=true&q=x%26y%20%2B%20z%20is%3Aopen&tags=p%2Cq`,
        method: 'GET',
        headers: { 'X-Version': '1', 'X-Since': '5' },
        body: undefined,
      },
      {
        url: `${BASE}/spaces/1/items?expand=true&per_page=3`,
        method: 'GET',
        headers: { 'X-Version': '1' },
        body: undefined,
      },
    ]);
  });

  it.each(['', '.', '..', '\ud800'])('is not sent with the path segment %j', async (spaceId) => {
    const { context, sent } = aContext([{}]);
    await expect(search.call(context, { spaceId })).rejects.toMatchObject({
      code: 'invalid_input',
      message: '[space_id] is not valid in a path',
    });
    expect(sent).toEqual([]);
  });

  it('has several segments only for declared path parameters, and each segment is checked', async () => {
    const file = operation('GET /files/{path}', {
      ...read,
      input: { path: text() },
      multiSegment: ['path'],
    });
    const { context, sent } = aContext([{}]);
    await file.call(context, { path: 'src/ä b?.ts' });
    expect(sent[0]?.url).toBe(`${BASE}/files/src/%C3%A4%20b%3F.ts`);
    await file.call(context, { path: '/src/lib/' });
    expect(sent[1]?.url).toBe(`${BASE}/files/src/lib`);
    for (const path of ['../x', 'a/../b', 'a//b', '//a', 'a/.', '', '/']) {
      await expect(file.call(context, { path })).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  it('has an empty path parameter of several segments only if the input is optional', async () => {
    const file = operation('GET /files/{path}', {
      ...read,
      input: { path: text().default('') },
      multiSegment: ['path'],
    });
    const { context, sent } = aContext([{}]);
    for (const path of [undefined, '', '/']) await file.call(context, { path });
    expect(new Set(sent.map(({ url }) => url))).toEqual(new Set([`${BASE}/files/`]));
    await expect(file.call(context, { path: '..' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('has a JSON body with nested names, and with null, which clears a value', async () => {
    const update = operation('PATCH /items/{id}', {
      ...write,
      input: { id: text(), parentId: text().optional(), title: text().nullish() },
      wire: { parentId: 'parent.page.id' },
      fixed: { body: { 'parent.type': 'page' } },
    });
    const { context, sent } = aContext([{}]);
    await update.call(context, { id: '1', parentId: 'p', title: null });
    await update.call(context, { id: '1', title: 't' });
    expect(sent.map(({ body }) => JSON.parse(String(body)))).toEqual([
      { parent: { type: 'page', page: { id: 'p' } }, title: null },
      { parent: { type: 'page' }, title: 't' },
    ]);
    expect(sent[0]?.headers).toEqual({ 'X-Version': '1', 'Content-Type': 'application/json' });
  });

  it('has a form with lists and JSON objects', async () => {
    const send = operation('POST /send', {
      ...write,
      format: 'form',
      input: { to: z.array(text()).max(5), blocks: z.array(z.object({})).max(5), note: text() },
      wire: { to: { list: 'brackets' }, blocks: { list: 'repeat' } },
    });
    const { context, sent } = aContext([{}]);
    await send.call(context, { to: ['a', 'b'], blocks: [{}], note: '' });
    expect(sent[0]?.body).toBe('to%5B%5D=a&to%5B%5D=b&blocks=%7B%7D');
  });

  it('encodes a list of objects with one name per item and field', async () => {
    const sort = z.array(z.object({ field: text(), direction: text().optional() })).max(5);
    const list = operation('GET /items', {
      ...read,
      input: { sort },
      wire: { sort: { list: 'indexed' } },
      output: z.unknown(),
    });
    const { context, sent } = aContext([{}]);
    await list.call(context, { sort: [{ field: 'a', direction: 'asc' }, { field: 'b&c' }] });
    expect(decodeURIComponent(String(sent[0]?.url).split('?')[1] ?? '')).toBe(
      'sort[0][field]=a&sort[0][direction]=asc&sort[1][field]=b&c',
    );
  });

  it('has the idempotency key of the call if it is a write', async () => {
    const { context, sent } = aContext([{}], { idempotencyKey: 'k1' });
    await operation('POST /items', { ...write, input: {} }).call(context, {});
    await search.call(context, { spaceId: '1' });
    expect(sent.map(({ headers }) => headers?.['Idempotency-Key'])).toEqual(['k1', undefined]);
  });

  it('has the document and variables of a GraphQL query', async () => {
    const { context, sent } = aContext([{ body: { data: { issue: { id: 'i1', x: 1 } } } }]);
    const issue = query({
      ...read,
      document: 'query($issue_id: ID!) { issue(id: $issue_id) { id } }',
      input: { issueId: text(), after: text().optional() },
      output: z.object({ issue: z.object({ id: text() }) }),
    });
    expect(await issue.call(context, { issueId: 'i1' })).toEqual({ issue: { id: 'i1' } });
    expect(sent[0]).toMatchObject({ url: `${BASE}/graphql`, method: 'POST' });
    expect(JSON.parse(String(sent[0]?.body))).toEqual({
      query: 'query($issue_id: ID!) { issue(id: $issue_id) { id } }',
      variables: { issue_id: 'i1' },
    });
  });

  it.each([
    ['named', ['title', 'body']],
    ['all optional ones', 'optional'],
  ] as const)('requires at least one of several inputs (%s)', async (_, atLeastOneOf) => {
    const update = operation('PATCH /items/{id}', {
      ...write,
      input: {
        id: text(),
        title: text().optional(),
        body: text().nullable().optional(),
        size: z.int().default(1),
      },
      atLeastOneOf,
    });
    const { context, sent } = aContext([{}]);
    await expect(update.call(context, { id: '1' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await update.call(context, { id: '1', body: null });
    expect(sent).toHaveLength(1);
    expect(toJsonSchema(update.input)).toMatchObject({
      anyOf: [{ required: ['title'] }, { required: ['body'] }],
    });
  });

  it('accepts only one of two inputs that exclude each other', async () => {
    const update = operation('PATCH /items/{id}', {
      ...write,
      input: { id: text(), tags: text().optional(), addedTags: text().optional() },
      notTogether: { tags: ['addedTags'] },
    });
    const { context, sent } = aContext([{}]);
    await expect(
      update.call(context, { id: '1', tags: 'a', addedTags: 'b' }),
    ).rejects.toMatchObject({ message: 'invalid [addedTags]' });
    await update.call(context, { id: '1', addedTags: 'b' });
    await update.call(context, { id: '1' });
    expect(sent).toHaveLength(2);
    expect(toJsonSchema(update.input)).toMatchObject({
      allOf: [{ not: { required: ['tags', 'addedTags'] } }],
    });
  });
});

describe('the base URL of an operation', () => {
  const at = (baseUrl: string) =>
    defineApi({ name: 'S', baseUrl }).operation('GET /x', { ...read, input: {} });

  it.each([
    ['{config.url}/api/', { url: 'https://own.test/gitlab/' }, 'https://own.test/gitlab/api/x'],
    ['https://{config.name}.sample.test/v2', { name: 'acme' }, 'https://acme.sample.test/v2/x'],
    ['https://{config.host}', { host: 'a.sample.test' }, 'https://a.sample.test/x'],
    ['https://s.test/ex/{config.id}', { id: 'a b' }, 'https://s.test/ex/a%20b/x'],
  ])('%s with the config %j becomes %s', async (baseUrl, config, expected) => {
    const { context, sent } = aContext([{}], { config });
    await at(baseUrl).call(context, {});
    expect(sent[0]?.url).toBe(expected);
  });

  it('contains facts of the grant', async () => {
    const { context, sent } = aContext([{}], { grant: { instance_url: 'https://acme.test' } });
    await at('{grant.instance_url}/services').call(context, {});
    expect(sent[0]?.url).toBe('https://acme.test/services/x');
  });

  it.each([
    ['https://{config.v}.sample.test', 'evil.test/'],
    ['https://{config.v}.sample.test', 'a.b'],
    ['https://{config.v}', 'evil.test@x'],
    ['https://s.test/{config.v}', '..'],
    ['{config.v}', 'https://user:x@s.test'],
    ['{config.v}', 'https://s.test?x='],
    ['{config.v}', 'file:///etc'],
    ['{config.v}', ''],
  ])('%s is refused with the value %j', async (baseUrl, v) => {
    const { context, sent } = aContext([{}], { config: { v } });
    await expect(at(baseUrl).call(context, {})).rejects.toMatchObject({ code: 'invalid_input' });
    expect(sent).toEqual([]);
  });
});

describe('the result of an operation', () => {
  const item = z.object({ id: z.number() });

  it('contains only the declared fields', async () => {
    const get = operation('GET /x', { ...read, input: {}, output: item });
    expect(await get.call(aContext([{ body: { id: 1, secret: 2 } }]).context, {})).toEqual({
      id: 1,
    });
  });

  it('is an error that names the field when the response has another form', async () => {
    const get = operation('GET /x', { ...read, input: {}, output: item });
    await expect(get.call(aContext([{ body: { id: 'secret' } }]).context, {})).rejects.toThrow(
      'the response of Sample API does not have its documented form at [id]',
    );
  });

  it('is text, or { ok: true } for a response without content', async () => {
    const diff = operation('GET /x', { ...read, input: {}, output: text(), response: 'text' });
    expect(await diff.call(aContext([{ body: 'a\nb' }]).context, {})).toBe('a\nb');
    const output = z.object({ ok: z.boolean() });
    const run = operation('POST /x', { ...write, input: {}, output, response: 'none' });
    expect(await run.call(aContext([{ status: 204, body: '' }]).context, {})).toEqual({ ok: true });
  });
});

describe('an error of the vendor', () => {
  const get = operation('GET /x', { ...read, input: {} });
  const failure = async (...responses: Parameters<typeof aContext>): Promise<unknown> =>
    settled(get.call(aContext(...responses).context, {})).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('contains message, code and request id', async () => {
    const error = await failure([
      {
        status: 422,
        headers: { 'x-request-id': 'r-1' },
        body: { error: { message: 'Bad\u0000 thing\n\u202ehere', code: 'bad' } },
      },
    ]);
    expect(error).toMatchObject({
      message: 'Sample API error (422): bad: Bad thing here [request r-1]',
      status: 422,
      reason: 'bad',
      vendorMessage: 'Bad thing here',
      requestId: 'r-1',
      whoActs: 'user',
    });
    expect(getConnectorActionErrorMeta(error)).toEqual({
      vendorStatus: 422,
      vendorCode: 'bad',
      requestId: 'r-1',
      whoActs: 'user',
    });
  });

  it.each([
    'Bearer dev-canary-token',
    'token=dev-canary',
    'https://x.test/a?access_token=dev-canary',
    'xoxp-1234567890-dev-canary-value',
    'x'.repeat(300),
  ])('contains no credential and at most 300 characters of the message %j', async (message) => {
    const error = await failure([{ status: 400, body: { error: { message } } }]);
    const shown = String(error);
    expect(shown).not.toContain('canary');
    expect(shown.length).toBeLessThan(360);
  });

  it.each([
    [404, 'bearer', 'user'],
    [406, 'bearer', 'user'],
    [403, 'bearer', 'administrator'],
    [403, 'oauth_authorization_code', 'user'],
    [401, 'oauth_authorization_code', 'user'],
    [402, 'bearer', 'administrator'],
    [500, 'bearer', 'nobody'],
    [429, 'bearer', 'nobody'],
  ])(
    'with the status %i and the auth type %s says who must act: %s',
    async (status, authType, whoActs) => {
      const error = await failure([{ status, headers: { 'retry-after': '60' } }], {
        secrets: { authType },
      });
      expect(error).toMatchObject({ status, whoActs, isRateLimit: status === 429 });
    },
  );

  it('is found in a body with status 200', async () => {
    const error = await failure([{ body: { ok: false, error: { code: 'no_channel' } } }]);
    expect(error).toMatchObject({ status: 200, reason: 'no_channel', whoActs: 'user' });
  });

  it('is found in the errors of a GraphQL response', async () => {
    const list = query({ ...read, document: '{ x }', input: {} });
    const body = { data: null, errors: [{ message: 'No x', extensions: { code: 'NOPE' } }] };
    await expect(list.call(aContext([{ body }]).context, {})).rejects.toMatchObject({
      reason: 'NOPE',
      vendorMessage: 'No x',
    });
  });
});
