import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({
    config: {
      preconfigured: {
        'fixed-one': {
          name: 'M fixed',
          actionTypeId: '.custom_api',
          config: { url: 'http://localhost:1/' },
          secrets: { authType: 'bearer', token: 'development-fixed-token' },
        },
        'log-one': {
          name: 'Z log',
          actionTypeId: '.server-log',
          config: { authType: 'oauth_authorization_code' },
          secrets: { token: 'canary-of-an-unknown-type' },
          exposeConfig: true,
        },
        'open-one': { name: 'A open', actionTypeId: '.probe', exposeConfig: true },
      },
      enabledActionTypes: ['.custom_api', '.google_drive', '.probe'],
    },
  });
});
afterEach(() => fixture.close());

const http = (over: Readonly<Record<string, unknown>> = {}) => ({
  name: 'My service',
  connector_type_id: '.custom_api',
  config: { url: 'http://localhost:1234/api' },
  secrets: { authType: 'bearer', token: 'development-bearer-token' },
  ...over,
});

const post = (id: string, body: object | string, over = {}) =>
  fixture.inject<Record<string, unknown>>({
    method: 'POST',
    url: `/api/actions/connector${id === '' ? '' : `/${id}`}`,
    body,
    ...over,
  });
const get = (path: string) =>
  fixture.inject<Record<string, unknown>>({ method: 'GET', url: `/api/actions/${path}` });

describe('POST /api/actions/connector/{id?}', () => {
  it('creates a connector with the given id, and returns exactly the documented keys', async () => {
    const { status, body } = await post('my-service', http());
    expect(status).toBe(200);
    expect(body).toEqual({
      id: 'my-service',
      name: 'My service',
      config: { url: 'http://localhost:1234/api', authType: 'bearer' },
      connector_type_id: '.custom_api',
      is_preconfigured: false,
      is_deprecated: false,
      is_system_action: false,
      is_connector_type_deprecated: false,
      is_missing_secrets: false,
      auth_mode: 'shared',
    });
  });

  it('returns name and config exactly as sent when the connector needs no credentials', async () => {
    const sent = { name: ' My service ', config: { url: 'http://localhost:1234/api' } };
    const created = await post('open', http({ ...sent, secrets: {} }));
    expect([created.status, created.body]).toMatchObject([200, sent]);
    expect((await get('connector/open')).body).toMatchObject({ ...sent, auth_mode: 'shared' });
    expect((created.body as { config: object }).config).toEqual(sent.config);
    const update = { ...sent, secrets: {} };
    const updated = await post('open', update, { method: 'PUT' });
    expect([updated.status, updated.body?.['config']]).toEqual([200, sent.config]);
  });

  it('refuses a blank name', async () => {
    const { status, body } = await post('blank', http({ name: '   ' }));
    expect([status, body]).toMatchObject([400, { message: expect.stringContaining('blank') }]);
  });

  it('assigns an id when none is given', async () => {
    const { body } = await post('', http());
    expect(body['id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get(`connector/${body['id']}`)).status).toBe(200);
  });

  it('returns the auth mode of a connector with per-user authorization', async () => {
    const { body } = await post('c1', http({ secrets: oauthApp() }));
    expect(body).toMatchObject({
      auth_mode: 'per-user',
      config: { authType: 'oauth_authorization_code' },
    });
  });

  it('refuses an id that is taken', async () => {
    await post('c1', http());
    const { status, body } = await post('c1', http({ name: 'Other' }));
    expect(status).toBe(409);
    expect(body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'Connector id [c1] is already taken',
      attributes: { code: 'id_taken' },
    });
    expect((await get('connector/c1')).body).toMatchObject({ name: 'My service' });
  });

  it('refuses the id of a preconfigured connector', async () => {
    const { status, body } = await post('fixed-one', http());
    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: 'This fixed-one already exists in a preconfigured action.',
      attributes: { code: 'id_is_preconfigured' },
    });
  });

  it.each([
    ['unknown', 'unknown_type', 400],
    ['.missing', 'unknown_type', 400],
  ])('refuses the type %s', async (connector_type_id, code, expected) => {
    const { status, body } = await post('c1', http({ connector_type_id }));
    expect([status, body['attributes']]).toEqual([expected, { code }]);
  });

  it.each([
    ['config', { config: { url: 'development-canary' } }, '[url]'],
    ['config', { config: { url: 'http://localhost:1/', port: 'development-canary' } }, 'port'],
    ['config', { config: { url: 'https://elsewhere.example/development-canary' } }, '[url]'],
    ['secrets', { secrets: { authType: 'development-canary' } }, '[authType]'],
    ['secrets', { secrets: { authType: 'bearer', token: 'development-canary\n x' } }, '[token]'],
    ['secrets', { secrets: { authType: 'bearer', password: 'development-canary' } }, '[token]'],
    ['secrets', { secrets: oauthApp({ tokenUrl: 'https://evil.example/canary' }) }, '[tokenUrl]'],
    ['body', { name: '' }, 'request body.name'],
    ['body', { name: 'canary\ud800' }, 'request body.name'],
    ['body', { name: 'canary\u0000\u001b[2J' }, 'request body.name'],
    ['body', { secrets: 'development-canary' }, 'request body.secrets'],
    ['body', { unknown: 'development-canary' }, 'request body.unknown'],
  ])(
    'refuses an invalid %s with the name of the field and without its value: %j',
    async (_part, over, place) => {
      const { status, body, text } = await post('c1', http(over));
      expect(status).toBe(400);
      expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request' });
      expect(body['message']).toContain(place);
      expect(text).not.toContain('canary');
      expect((await get('connector/c1')).status).toBe(404);
    },
  );

  it('refuses the client authentication client_secret_jwt', async () => {
    const secrets = oauthApp({ tokenEndpointAuthMethod: 'client_secret_jwt' });
    const { status, body } = await post('c1', http({ secrets }));
    expect([status, body['attributes']]).toMatchObject([400, { code: 'invalid_secrets' }]);
    expect(body['message']).toMatch(/\[tokenEndpointAuthMethod\].*client_secret_basic/);
    expect((await get('connector/c1')).status).toBe(404);
  });

  it('C51: refuses a client assertion whose audience is a different server than the token URL', async () => {
    const assertion = (assertionAudience: string) =>
      oauthApp({
        tokenEndpointAuthMethod: 'private_key_jwt',
        privateKey: '-----BEGIN PRIVATE KEY-----development-----END PRIVATE KEY-----',
        assertionAudience,
      });
    const { status, body } = await post('c1', http({ secrets: assertion('https://bank.example') }));
    expect([status, body['attributes']]).toMatchObject([400, { code: 'endpoints_not_confirmed' }]);
    expect((await get('connector/c1')).status).toBe(404);
    const { tokenUrl } = oauthApp({});
    const own = await post('c1', http({ secrets: assertion(String(tokenUrl)) }));
    expect(own.status).toBe(200);
  });

  it.each([...['x'.repeat(37), 'with space', 'dot.dot', '..%2F..'], '_oauth_callback'])(
    'refuses the id %s',
    async (id) => {
      const { status, body } = await post(encodeURI(id), http());
      expect(status).toBe(400);
      expect(body['message']).toContain('request params.id');
    },
  );

  it('accepts an id of 36 characters', async () => {
    expect((await post('x'.repeat(36), http())).status).toBe(200);
  });

  it('refuses a body above the limit of the server', async () => {
    const { status, body } = await post('c1', http({ name: 'x'.repeat(1024 * 1024 + 1) }));
    expect(status).toBe(413);
    expect(body).toMatchObject({ statusCode: 413, error: 'Payload Too Large' });
  });

  it('refuses invalid JSON with a message that does not quote it', async () => {
    const headers = { 'content-type': 'application/json' };
    const { status, text } = await post('c1', '{"secrets": canary', { headers });
    expect(status).toBe(400);
    expect(text).not.toContain('canary');
  });

  it('refuses a type that the configuration disables', async () => {
    const other = await createActionsFixture({ config: { enabledActionTypes: ['.probe'] } });
    const { status, body } = await other.inject<Record<string, unknown>>({
      method: 'POST',
      url: '/api/actions/connector/c1',
      body: http(),
    });
    expect([status, body['attributes']]).toEqual([403, { code: 'type_disabled' }]);
    await other.close();
  });
});

describe('GET /api/actions/connector/{id}', () => {
  it('returns the same body as create', async () => {
    const created = await post('c1', http());
    expect((await get('connector/c1')).body).toEqual(created.body);
  });

  it('hides the config of a preconfigured connector unless exposeConfig is true', async () => {
    expect((await get('connector/fixed-one')).body).toEqual({
      id: 'fixed-one',
      name: 'M fixed',
      connector_type_id: '.custom_api',
      is_preconfigured: true,
      is_deprecated: false,
      is_system_action: false,
      is_connector_type_deprecated: false,
      auth_mode: 'shared',
    });
    expect((await get('connector/open-one')).body).toHaveProperty('config');
  });

  it('responds with 404 in the documented shape to an unknown id', async () => {
    expect((await get('connector/missing')).body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'Saved object [action/missing] not found',
      attributes: { code: 'not_found' },
    });
  });
});

describe('a preconfigured connector of a type that does not exist', () => {
  const warning = 'connector type [.server-log] does not exist here';

  it('is listed and read with a warning and without config, which was not checked', async () => {
    const { body } = await get('connectors');
    const [listed] = (body as unknown as { id: string }[]).filter(({ id }) => id === 'log-one');
    expect(listed).toMatchObject({
      connector_type_id: '.server-log',
      auth_mode: 'shared',
      config: {},
      warnings: [expect.stringContaining(warning)],
    });
    const read = await get('connector/log-one');
    expect(read.body).toMatchObject({ warnings: [expect.stringContaining(warning)] });
    expect(read.text).not.toContain('canary');
  });

  it('cannot be executed or authorized', async () => {
    const execute = '/api/actions/connector/log-one/_execute';
    const executed = await fixture.inject({ method: 'POST', url: execute, body: { params: {} } });
    expect([executed.status, executed.body]).toMatchObject([
      400,
      { attributes: { code: 'unknown_type' } },
    ]);
  });
});

describe('a preconfigured connector with values that its type refuses', () => {
  it.each([
    [{ config: { url: 'https://a.example', verificationMode: 'none' } }, 'verificationMode'],
    [{ config: { url: 'https://a.example/?a=b' } }, 'query'],
    [{ config: { url: 'http://a.example/' } }, 'a.example'],
    [
      { config: { url: 'https://a.example' }, secrets: { canary: 'canary-of-a-secret' } },
      'secrets',
    ],
  ])('is listed with a warning and cannot be executed: %j', async (entry, reason) => {
    await fixture.close();
    fixture = await createActionsFixture({
      config: {
        allowedHosts: ['localhost'],
        preconfigured: {
          odd: { name: 'Odd', actionTypeId: '.http', ...entry, exposeConfig: true },
        },
      },
    });
    const listed = await get('connectors');
    expect(listed.text).toContain('does not fit its type [.http]');
    const read = await get('connector/odd');
    expect(read.body).toMatchObject({ connector_type_id: '.http', config: {} });
    const execute = '/api/actions/connector/odd/_execute';
    const executed = await fixture.inject({ method: 'POST', url: execute, body: { params: {} } });
    expect(executed).toMatchObject({
      status: 400,
      body: { attributes: { code: 'invalid_config' } },
    });
    const warnings = fixture.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^xpack\.actions\.preconfigured\.odd: .*cannot be executed/),
    ]);
    expect(warnings[0]?.message).toContain(reason);
    expect(JSON.stringify([warnings, listed.text, executed.text])).not.toContain('canary');
  });
});

describe.each(['/api/actions/connectors', '/internal/actions/connectors'])('GET %s', (url) => {
  it('lists stored and preconfigured connectors by name', async () => {
    await post('c-z', http({ name: 'Z last' }));
    await post('c-b', http({ name: 'B second' }));
    const { body } = await fixture.inject<Record<string, unknown>[]>({ method: 'GET', url });
    expect(body.map(({ name }) => name)).toEqual([
      'A open',
      'B second',
      'M fixed',
      'Z last',
      'Z log',
    ]);
    expect(body[1]).toEqual({
      id: 'c-b',
      name: 'B second',
      config: { url: 'http://localhost:1234/api', authType: 'bearer' },
      connector_type_id: '.custom_api',
      is_preconfigured: false,
      is_deprecated: false,
      is_system_action: false,
      is_connector_type_deprecated: false,
      is_missing_secrets: false,
      auth_mode: 'shared',
      referenced_by_count: 0,
      created_at: '2030-01-01T00:00:00.000Z',
      updated_at: '2030-01-01T00:00:00.000Z',
    });
  });

  it('says when a stored connector was created and last edited', async () => {
    await post('c-z', http({ name: 'Z last' }));
    await fixture.clock.advance(60_000);
    const put = await fixture.inject({
      method: 'PUT',
      url: '/api/actions/connector/c-z',
      body: { name: 'Z last', config: { url: 'http://localhost:1234/api' } },
    });
    expect(put.status).toBe(200);
    const { body } = await fixture.inject<Record<string, unknown>[]>({ method: 'GET', url });
    expect(body.find(({ id }) => id === 'c-z')).toMatchObject({
      created_at: '2030-01-01T00:00:00.000Z',
      updated_at: '2030-01-01T00:01:00.000Z',
    });
    const fixed = body.find(({ is_preconfigured }) => is_preconfigured === true);
    expect(Object.keys(fixed ?? {})).not.toContain('created_at');
  });

  it('lists all connectors when several reads of the store are needed', async () => {
    for (let n = 0; n < 30; n += 1) await post('', http({ name: `n${n}` }));
    const { body } = await fixture.inject<unknown[]>({ method: 'GET', url });
    expect(body).toHaveLength(33);
  });
});

it('E65: responses and error responses contain no secret', async () => {
  const texts: string[] = [];
  const secrets = oauthApp({ clientSecret: 'development-canary-secret' });
  texts.push((await post('c1', http({ secrets }))).text);
  texts.push((await post('c1', http({ secrets }))).text);
  texts.push((await get('connector/c1')).text, (await get('connectors')).text);
  const put = { method: 'PUT', url: '/api/actions/connector/c1' } as const;
  const config = { url: 'http://localhost:1234/api' };
  texts.push((await fixture.inject({ ...put, body: { name: 'n', config, secrets } })).text);
  texts.push((await fixture.inject({ ...put, body: { name: 'n', config: {}, secrets } })).text);
  texts.push((await fixture.execute('c1', { subAction: 'request' })).text);
  expect(texts.filter((text) => /canary-secret|fixed-token/.test(text))).toEqual([]);
  expect(JSON.stringify(fixture.logger.lines)).not.toMatch(/canary-secret|fixed-token/);
});
