import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  clientCredentials,
  createActionsFixture,
  ELSEWHERE_ORIGIN,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
});
afterEach(() => fixture.close());

const TOKEN = 'development-bearer-token';
const bearer = { authType: 'bearer', token: TOKEN };

const http = (id: string, secrets: object = bearer) =>
  fixture.create(id, {
    connector_type_id: '.custom_api',
    config: { url: `${fixture.api.origin}/v1` },
    secrets,
  });
const request = async (id: string, input: object, user = ana) =>
  (await fixture.execute(id, { subAction: 'request', subActionParams: input }, { user })).body;

describe('destinations of credentials', () => {
  it.each([301, 302, 307, 308])(
    'C45: a redirect with %d to another origin is followed without token, cookies and custom headers',
    async (status) => {
      await http('c1');
      const location = `${fixture.api.otherOrigin}/stolen`;
      fixture.api.response = ({ url }) => (url === '/v1' ? { status, headers: { location } } : {});
      await request('c1', { headers: { 'x-custom': 'value' } });
      const [first, second] = fixture.api.seen;
      expect(first?.headers).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        'x-custom': 'value',
      });
      expect(second?.url).toBe('/stolen');
      for (const name of ['authorization', 'cookie', 'x-custom']) {
        expect(second?.headers).not.toHaveProperty(name);
      }
    },
  );

  it.each([307, 308])(
    'C45: a redirect with %d to another origin is followed without the body',
    async (status) => {
      await http('c1');
      const location = `${fixture.api.otherOrigin}/stolen`;
      fixture.api.response = ({ url }) => (url === '/v1' ? { status, headers: { location } } : {});
      const body = await request('c1', { method: 'POST', body: { card: 1 } });
      expect(body).toMatchObject({ status: 'error', retry: false });
      expect(fixture.api.seen.map(({ url }) => url)).toEqual(['/v1']);
    },
  );

  it('C45: an API key in a custom header is sent only to its origin', async () => {
    await http('c1', {
      authType: 'api_key_header',
      headerField: 'X-Key',
      apiKey: 'development-key',
    });
    const location = `${fixture.api.otherOrigin}/stolen`;
    fixture.api.response = ({ url }) =>
      url === '/v1' ? { status: 302, headers: { location } } : {};
    await request('c1', {});
    expect(fixture.api.seen.map(({ headers }) => headers['x-key'])).toEqual([
      'development-key',
      undefined,
    ]);
  });

  it('C45: a redirect within the origin keeps the token', async () => {
    await http('c1');
    fixture.api.response = ({ url }) =>
      url === '/v1' ? { status: 302, headers: { location: '/v2' } } : {};
    await request('c1', {});
    expect(fixture.api.seen[1]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it.each([
    { path: '//elsewhere.probe.example/' },
    { path: '/..;/admin' },
    { path: '/%2e%2e/admin' },
    { path: '/x\\@evil' },
    { path: '@elsewhere.probe.example/x' },
    { path: '/#@evil' },
    { path: '?@elsewhere.probe.example' },
    { url: 'https://elsewhere.probe.example/v1' },
    { url: 'http://localhost@elsewhere.probe.example/v1' },
  ])('C46: the input %j never causes a request outside the connector’s URL', async (input) => {
    await http('c1');
    await request('c1', input);
    for (const { url, headers } of fixture.api.seen) {
      expect(url).toMatch(/^\/v1(\/|\?|$)/);
      expect(headers.host).toBe(fixture.api.origin.replace('http://', ''));
    }
    expect(fixture.elsewhere.seen).toEqual([]);
  });

  it('C46: the other host of these tests is on the allow-list and responds', async () => {
    for (const scheme of ['https', 'http']) {
      const url = ELSEWHERE_ORIGIN.replace('https', scheme);
      await fixture.create(scheme, { connector_type_id: '.custom_api', config: { url } });
      await request(scheme, { path: '/v1' });
    }
    expect(fixture.elsewhere.seen.map(({ url }) => url)).toEqual(['/v1', '/v1']);
    expect(fixture.api.seen).toEqual([]);
  });

  it('C47: a URL in the input cannot send the token of a user to another host', async () => {
    await http('c1', oauthApp());
    await fixture.connect('c1');
    for (const url of [fixture.api.otherOrigin, `${fixture.api.otherOrigin}/v1`]) {
      expect(await request('c1', { url })).toMatchObject({ status: 'error', errorSource: 'user' });
    }
    expect(fixture.api.seen).toEqual([]);
  });

  it('C47: a token is used by one connector only, even if another has the same OAuth app and host', async () => {
    await http('c1', oauthApp());
    await http('c2', oauthApp());
    await fixture.connect('c1');
    expect(await request('c2', {})).toMatchObject({ authorization_reason: 'no_token' });
    expect(fixture.api.seen).toEqual([]);
  });

  it('C48: a token is not sent to another host after an edit, even if its document still exists', async () => {
    await http('c1', oauthApp());
    await fixture.connect('c1');
    const moved = { ...(await fixture.read('c1')), config: { url: fixture.api.otherOrigin } };
    const asked = fixture.services.tokens.tokens.getToken({
      connector: moved,
      profileUid: 'u_ana',
    });
    await expect(asked).rejects.toMatchObject({ reason: 'token_revoked' });
  });

  it('a header in the input cannot replace the credential of the connector', async () => {
    await http('c1');
    const response = await request('c1', { headers: { authorization: 'Bearer mine' } });
    expect(response).toMatchObject({ status: 'error', retry: false, errorSource: 'user' });
    expect(fixture.api.seen).toEqual([]);
  });

  it('Google Drive calls are sent only to Google, with the caller’s token', async () => {
    const secrets = oauthApp({ authorizationUrl: undefined, tokenUrl: undefined });
    await fixture.create('drive', { connector_type_id: '.google_drive', secrets });
    const { accessToken } = await fixture.connect('drive');
    fixture.api.response = () => ({ body: { files: [{ id: 'f1', name: 'Plan' }] } });
    const params = { subAction: 'searchFiles', subActionParams: { query: 'plan' } };
    const { body } = await fixture.execute('drive', params);
    expect(body).toMatchObject({ status: 'ok', data: { files: [{ id: 'f1' }] } });
    expect(fixture.api.seen[0]?.url).toMatch(/^\/drive\/v3\/files\?/);
    expect(fixture.api.seen[0]?.headers.authorization).toBe(`Bearer ${accessToken}`);
  });
});

describe('the output of an execution', () => {
  it('E67: a token that the service echoes is not in the output', async () => {
    await http('c1', oauthApp());
    const { accessToken } = await fixture.connect('c1');
    fixture.api.response = ({ headers }) => ({
      headers: { 'x-echo': String(headers.authorization) },
      body: {
        headers,
        [String(headers.authorization)]: 'as a name',
        list: [`token=${encodeURIComponent(accessToken)}`],
        other: 'kept',
      },
    });
    const { text } = await fixture.execute('c1', { subAction: 'request', subActionParams: {} });
    expect(text).not.toContain(accessToken);
    expect(text).toContain('Bearer [redacted]');
    expect(text).toContain('kept');
  });

  it('E67: a token that was replaced during the execution is not in the output', async () => {
    await http('c1', oauthApp());
    const { accessToken } = await fixture.connect('c1');
    fixture.idp.expireAccessTokens();
    fixture.api.response = ({ headers }) =>
      fixture.idp.ownerOf(headers.authorization) === undefined
        ? { status: 401 }
        : { body: { before: accessToken, now: headers.authorization } };
    const { text } = await fixture.execute('c1', { subAction: 'request', subActionParams: {} });
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('development-access');
  });

  it.each([
    ['bearer', bearer, TOKEN],
    [
      'basic',
      { authType: 'basic', username: 'user', password: 'development-pw' },
      'development-pw',
    ],
    [
      'api key',
      { authType: 'api_key_header', headerField: 'X-Key', apiKey: 'development-key' },
      'development-key',
    ],
  ])(
    'E67: the secret of %s authentication is not in the output',
    async (_type, secrets, secret) => {
      await http('c1', secrets);
      fixture.api.response = ({ headers }) => ({ status: 401, body: { headers, secret } });
      const { text } = await fixture.execute('c1', { subAction: 'request', subActionParams: {} });
      expect(text).not.toContain(secret);
      const pair = Buffer.from('user:development-pw').toString('base64');
      expect(text).not.toContain(pair);
      expect(text).toContain('[redacted]');
    },
  );

  it.each([
    ['a broken service', { status: 500, body: 'vendor page' }, undefined],
    ['a revoked grant', { status: 401 }, { status: 400, body: { error: 'invalid_grant' } }],
    ['a refused client', { status: 401 }, { status: 401, body: { error: 'invalid_client' } }],
    ['a failing provider', { status: 401 }, { status: 503, body: { error: 'busy' } }],
  ])(
    'E65, E66: %s puts no refresh token or client secret into response, log or audit',
    async (_case, ofApi, ofIdp) => {
      await http('c1', oauthApp());
      await fixture.connect('c1');
      fixture.api.response = () => ofApi;
      const description = 'development-refresh, development-client-secret';
      fixture.idp.refuse = ofIdp && {
        ...ofIdp,
        body: { ...ofIdp.body, error_description: description },
      };
      const { text } = await fixture.execute('c1', { subAction: 'request', subActionParams: {} });
      const everything = [
        text,
        JSON.stringify(fixture.logger.lines),
        JSON.stringify(fixture.audit.events),
      ];
      expect(everything.join()).not.toMatch(/development-(refresh|client-secret|access)/);
      expect(fixture.idp.tokenCalls).toHaveLength(ofIdp === undefined ? 0 : 1);
    },
  );

  it('E64: a failing call leaves no header in the log', async () => {
    await fixture.create('c1', { connector_type_id: '.probe', secrets: bearer });
    fixture.api.response = () => ({ status: 500 });
    await fixture.execute('c1', { subAction: 'get' });
    expect(fixture.logger.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(fixture.logger.lines)).not.toContain(TOKEN);
  });

  it('E66: server code gets the access token and nothing else', async () => {
    await http('c1', oauthApp());
    const { accessToken } = await fixture.connect('c1');
    const client = fixture.services.contract.getActionsClient({ user: ana, spaceId: 'default' });
    expect(await client.getOAuthAccessToken({ connectorId: 'c1' })).toBe(`Bearer ${accessToken}`);
  });
});

describe('simultaneous executions of several users', () => {
  it('F74, F75: 500 interleaved calls of five users never carry the token of another user', async () => {
    await http('c1', oauthApp());
    const users = Array.from({ length: 5 }, (_, n) =>
      anAuthenticatedUser({ username: `user${n}`, profileUid: `u_${n}` }),
    );
    const tokens = new Map<string, string>();
    for (const user of users) {
      const { accessToken } = await fixture.connect('c1', user);
      tokens.set(user.username, accessToken);
    }
    fixture.api.response = async ({ url, headers }) => {
      // Delays some responses, so that the calls overlap.
      if (url.endsWith('0')) await new Promise((resolve) => setImmediate(resolve));
      return { body: { url, caller: fixture.idp.ownerOf(headers.authorization) } };
    };
    const calls = Array.from({ length: 500 }, (_, n) => {
      const user = users[n % users.length] ?? ana;
      return request('c1', { path: `/${user.username}/${n}` }, user);
    });
    await Promise.all(calls);
    expect(fixture.api.seen).toHaveLength(500);
    const foreign = fixture.api.seen.filter(({ url, headers }) => {
      const [, , username = ''] = url.split('/');
      return headers.authorization !== `Bearer ${tokens.get(username)}`;
    });
    expect(foreign).toEqual([]);
  });

  it('F75: a refresh does not affect simultaneous calls of other users', async () => {
    await http('c1', oauthApp());
    await fixture.connect('c1', ana);
    await fixture.connect('c1', ben);
    fixture.api.response = ({ headers }) => {
      const caller = fixture.idp.ownerOf(headers.authorization);
      return caller === undefined ? { status: 401 } : { body: { caller } };
    };
    fixture.idp.expireAccessTokens();
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, n) => request('c1', {}, n % 2 === 0 ? ana : ben)),
    );
    results.forEach((result, n) => {
      const caller = n % 2 === 0 ? 'ana' : 'ben';
      expect(result).toMatchObject({ data: { status: 200, data: { caller } } });
    });
    expect(fixture.idp.tokenCalls).toHaveLength(2);
  });
});

describe('places without tokens', () => {
  it('E68: neither the application’s own token nor its client secret is ever put into a URL', async () => {
    await http('ours', clientCredentials);
    await request('ours', { path: '/a', query: { q: 'x' } });
    fixture.clock.jumpWall(2 * 3_600_000);
    await request('ours', { path: '/b' });
    expect(fixture.idp.tokenCalls).toHaveLength(2);
    const urls = [...fixture.api.seen, ...fixture.idp.upstream.seen].map(({ url }) => url);
    expect(urls).toHaveLength(4);
    const sent = fixture.api.seen.map(({ headers }) => String(headers.authorization).slice(7));
    expect(new Set(sent).size).toBe(2);
    for (const secret of [...sent, clientCredentials.clientSecret]) {
      for (const url of urls) expect(decodeURIComponent(url)).not.toContain(secret);
    }
  });
});
