import { describe, expect, it } from 'vitest';
import { checkAccessToken, fetchAccount } from './account.ts';
import { aStandardClient, fakeIo, json } from './oauth_client.mock.ts';

const TOKEN = { tokenType: 'Bearer', accessToken: 'at-1' };
const client = (over: Parameters<typeof aStandardClient>[0] = {}) =>
  aStandardClient({ userinfoEndpoint: 'https://auth.example.com/userinfo', ...over });

describe('reading the account of a grant', () => {
  it('sends the access token to the userinfo endpoint and reads the claims of OpenID Connect', async () => {
    const { io, sent } = fakeIo(() => json({ sub: '7', email: 'ana@example.com' }));
    expect(await fetchAccount(client(), TOKEN, io)).toEqual({ id: '7', label: 'ana@example.com' });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ url: 'https://auth.example.com/userinfo', method: 'GET' });
    expect(sent[0]?.headers['authorization']).toBe('Bearer at-1');
  });

  it.each([
    [
      'the fields of GitHub',
      { id: 1, login: 'ana' },
      { accountIdPath: 'id', accountLabelPath: 'login' },
      'ana',
    ],
    ['a nested id', { data: { id: '1' } }, { accountIdPath: 'data.id' }, '1'],
    ['a missing name', { id: 1 }, { accountIdPath: 'id', accountLabelPath: 'name' }, '1'],
  ])('reads the account at configured paths: %s', async (_title, body, paths, label) => {
    const { io } = fakeIo(() => json(body));
    expect(await fetchAccount(client(paths), TOKEN, io)).toEqual({ id: '1', label });
  });

  it('sends the configured JSON, and checks the access token with the same request', async () => {
    const { io, sent } = fakeIo(() => json({ data: { viewer: { id: 'u1', email: 'a@b.c' } } }));
    const source = client({
      userinfoRequestJson: { query: '{ viewer { id } }' },
      accountIdPath: 'data.viewer.id',
      accountLabelPath: 'data.viewer.email',
    });
    expect(await fetchAccount(source, TOKEN, io)).toEqual({ id: 'u1', label: 'a@b.c' });
    const checked = { ...source, userinfoEndpoint: USERINFO };
    expect(await checkAccessToken(checked, 'Bearer at', io)).toBe('accepted');
    const expected = { method: 'POST', body: '{"query":"{ viewer { id } }"}' };
    expect(sent).toMatchObject([expected, expected]);
    expect(sent[0]?.headers['content-type']).toBe('application/json');
  });

  it('sends no request when no userinfo endpoint is configured', async () => {
    const { io, sent } = fakeIo(() => json({ sub: '7' }));
    expect(await fetchAccount(client({ userinfoEndpoint: undefined }), TOKEN, io)).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it.each<[string, () => Response]>([
    ['401', () => json({ error: 'invalid_token' }, { status: 401 })],
    ['500', () => new Response('no', { status: 500 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/login' } })],
    ['HTTP 200 with an error', () => json({ ok: false, sub: '7' })],
    ['an HTML page', () => new Response('<p>7', { headers: { 'content-type': 'text/html' } })],
    ['a JSON list', () => json([{ sub: '7' }])],
    ['a response without an id', () => json({ name: 'Ana' })],
    ['an id that is an object', () => json({ sub: { value: 7 } })],
    ['an empty id', () => json({ sub: '' })],
    ['an empty body', () => new Response(null)],
  ])('returns no account after %s', async (_title, respond) => {
    const { io } = fakeIo(respond);
    expect(await fetchAccount(client(), TOKEN, io)).toBeUndefined();
  });

  it('returns no account when the request fails', async () => {
    const { io } = fakeIo(() => {
      throw Object.assign(new Error('no'), { name: 'EgressError', code: 'timeout' });
    });
    expect(await fetchAccount(client(), TOKEN, io)).toBeUndefined();
  });
});

const USERINFO = 'https://idp.example.com/userinfo';
const html = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
const lacksScope = { 'www-authenticate': 'Bearer error="insufficient_scope"' };

describe('checking an access token at the userinfo endpoint', () => {
  it.each([
    ['accepted', 'with an id', () => json({ sub: '1' })],
    ['accepted', 'with HTTP 204', () => new Response(null, { status: 204 })],
    ['rejected', 'with HTTP 401', () => json({}, { status: 401 })],
    [
      'unknown',
      'with HTTP 401 because of a missing scope',
      () => json({}, { status: 401, headers: lacksScope }),
    ],
    ['unknown', 'with HTTP 403', () => json({}, { status: 403 })],
    ['unknown', 'with HTTP 503', () => json({}, { status: 503 })],
    ['unknown', 'with HTTP 200 and an error', () => json({ ok: false, error: 'invalid_auth' })],
    ['unknown', 'with an HTML page', html],
    [
      'unknown',
      'that does not arrive',
      () => {
        throw new Error('network');
      },
    ],
  ])('returns the state %s for a response %s', async (state, _, respond) => {
    const { io, sent } = fakeIo(respond);
    expect(await checkAccessToken({ userinfoEndpoint: USERINFO }, 'Bearer at', io)).toBe(state);
    expect(sent).toMatchObject([
      { url: USERINFO, method: 'GET', headers: { authorization: 'Bearer at' } },
    ]);
  });
});
