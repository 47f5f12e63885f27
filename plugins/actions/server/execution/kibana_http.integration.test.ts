import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActionsFixture, createActionsFixture } from './actions_fixture.mock.ts';
import { IDP_ORIGIN } from './strict_idp.mock.ts';
import { startUpstream } from './upstream.mock.ts';

type Values = Readonly<Record<string, unknown>>;

const BASIC = `Basic ${Buffer.from('u:development-password').toString('base64')}`;
const secrets = { user: 'u', password: 'development-password' };

let fixture: ActionsFixture;
afterEach(() => fixture.close());

describe('a connector as Kibana’s clients create it', () => {
  beforeEach(async () => {
    fixture = await createActionsFixture();
  });

  const config = (over: Values = {}): Values => ({ url: `${fixture.api.origin}/v1`, ...over });
  const create = (body: Values) => fixture.create('h', { connector_type_id: '.http', ...body });
  const put = (body: Values) =>
    fixture.inject<Values>({ method: 'PUT', url: '/api/actions/connector/h', body });
  const get = () => fixture.inject<Values>({ method: 'GET', url: '/api/actions/connector/h' });

  it.each([
    {},
    { hasAuth: false, authType: null },
    { hasAuth: true, authType: 'webhook-authentication-basic', headers: { 'X-A': 'b' } },
  ])('returns the config %j unchanged at every read', async (over) => {
    const created = await create({ config: config(over) });
    expect(created).toMatchObject({ connector_type_id: '.http', is_missing_secrets: false });
    const list = await fixture.inject<readonly Values[]>({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    const reads = [created, (await get()).body, list.body.find(({ id }) => id === 'h')];
    for (const read of reads) expect(read?.['config']).toEqual(config(over));
    const updated = await put({ name: 'Renamed', config: config(over) });
    expect(updated.body).toMatchObject({ name: 'Renamed', config: config(over) });
    expect((await get()).body['config']).toEqual(config(over));
  });

  it.each([
    ['without an envelope', (input: Values) => input],
    ['in an envelope', (input: Values) => ({ subAction: 'request', subActionParams: input })],
  ])('is executed with parameters %s', async (_case, params) => {
    await create({ config: config({ headers: { 'X-Config': 'c' } }), secrets });
    fixture.api.response = () => ({ status: 201, body: { id: 7 } });
    const input = {
      method: 'POST',
      path: '/items',
      query: { q: 'x' },
      headers: { 'X-Call': 'h' },
      body: '{"a":1}',
      timeout: 5_000,
      fetcher: { follow_redirects: true, max_redirects: 2, keep_alive: true },
    };
    const { status, body } = await fixture.execute('h', params(input));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      connector_id: 'h',
      status: 'ok',
      data: { status: 201, statusText: 'Created', data: { id: 7 } },
    });
    expect(fixture.api.seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/items?q=x',
      body: '{"a":1}',
      headers: { authorization: BASIC, 'x-config': 'c', 'x-call': 'h' },
    });
  });

  it('is executed without parameters', async () => {
    await create({ config: config() });
    expect((await fixture.execute('h', {})).body).toMatchObject({ status: 'ok' });
    expect(fixture.api.seen[0]).toMatchObject({ method: 'GET', url: '/v1' });
  });

  it('responds with 400 to invalid parameters, and names the field', async () => {
    await create({ config: config() });
    for (const params of [{ method: 'BREW' }, { subActionParams: {} }, { nonsense: 1 }]) {
      const { status, body } = await fixture.execute('h', params);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { attributes: { code: 'invalid_params' } },
      });
    }
    const { body } = await fixture.execute('h', { method: 'BREW' });
    expect(body['message']).toMatch(/^invalid params: \[method\]/);
  });

  it('reports an error status of the service, with a retry when it can help', async () => {
    await create({ config: config(), secrets });
    for (const [status, retry, errorSource, reason] of [
      [404, undefined, 'user', 'Not Found'],
      [405, undefined, 'user', 'Method Not Allowed'],
      [409, undefined, undefined, 'Conflict'],
      [503, true, undefined, 'Service Unavailable'],
    ] as const) {
      fixture.api.response = () => ({ status });
      const { body } = await fixture.execute('h', {});
      expect(body).toMatchObject({
        status: 'error',
        message: expect.stringContaining(`[${status}]`),
      });
      expect(body['retry']).toBe(retry);
      expect(body['errorSource']).toBe(errorSource);
      expect(body['service_message']).toBe(`[${status}] ${reason}`);
    }
  });

  it('reports an error status of the service without a body that is nested too deeply', async () => {
    await create({ config: config(), secrets });
    const body = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    fixture.api.response = () => ({ status: 400, body });
    const result = await fixture.execute('h', { method: 'GET', path: '/items' });
    expect(result).toMatchObject({
      status: 200,
      body: { status: 'error', message: 'HTTP request failed: [400] Bad Request' },
    });
  });

  it('requests a token by client credentials, and a new one when it is rejected', async () => {
    await create({
      config: config({
        hasAuth: true,
        authType: 'webhook-oauth2-client-credentials',
        accessTokenUrl: `${IDP_ORIGIN}/token`,
        clientId: 'development-client',
        scope: 'files.read',
        additionalFields: '{"audience":"files"}',
      }),
      secrets: { clientSecret: 'development-client-secret' },
    });
    fixture.api.response = ({ headers }) => ({
      status: fixture.idp.ownerOf(headers.authorization) === undefined ? 401 : 200,
    });
    expect((await fixture.execute('h', {})).body).toMatchObject({ status: 'ok' });
    expect(fixture.idp.tokenCalls[0]).toMatchObject({
      client_id: 'development-client',
      client_secret: 'development-client-secret',
      grant_type: 'client_credentials',
      scope: 'files.read',
      audience: 'files',
    });
    fixture.idp.expireAccessTokens();
    expect((await fixture.execute('h', {})).body).toMatchObject({ status: 'ok' });
    expect(fixture.idp.tokenCalls).toHaveLength(2);
  });

  it('E67: hides its credentials in responses that echo them', async () => {
    const secretHeaders = { 'X-Key': 'development-secret-header' };
    await create({ config: config(), secrets: { ...secrets, secretHeaders } });
    fixture.api.response = ({ headers }) => ({ body: { headers } });
    const { text } = await fixture.execute('h', {});
    expect(fixture.api.seen[0]?.headers).toMatchObject({
      authorization: BASIC,
      'x-key': 'development-secret-header',
    });
    expect(text).not.toMatch(/development-(password|secret-header)/);
    expect(text).not.toContain(BASIC.slice('Basic '.length));
  });

  it('C45: sends secret headers to no other origin', async () => {
    await create({ config: config(), secrets: { secretHeaders: { 'X-Key': 'development-key' } } });
    const location = `${fixture.api.otherOrigin}/stolen`;
    fixture.api.response = ({ url }) =>
      url === '/v1' ? { status: 302, headers: { location } } : {};
    await fixture.execute('h', {});
    expect(fixture.api.seen.map(({ headers }) => headers['x-key'])).toEqual([
      'development-key',
      undefined,
    ]);
  });

  it.each([
    ['user and password', secrets],
    ['secret headers', { secretHeaders: { 'X-Key': 'k' } }],
    ['a client secret', { clientSecret: 's' }],
  ])(
    'C48: keeps %s only if hosts and certificate authorities stay the same',
    async (_case, kept) => {
      const oauth = {
        authType: 'webhook-oauth2-client-credentials',
        accessTokenUrl: `${IDP_ORIGIN}/token`,
        clientId: 'development-client',
      };
      const own = 'clientSecret' in kept ? oauth : {};
      await create({ config: config(own), secrets: kept });
      for (const change of [
        { url: `${fixture.elsewhere.origin}/v1` },
        { url: `${config()['url']}/tenant-b` },
        { accessTokenUrl: `${IDP_ORIGIN}/tenant-b/token` },
        { ca: 'another authority' },
        { accessTokenUrl: 'https://elsewhere.probe.example/token' },
      ]) {
        const refused = await put({ name: 'h', config: config({ ...own, ...change }) });
        expect(refused).toMatchObject({
          status: 400,
          body: { attributes: { code: 'secrets_required' } },
        });
      }
      expect((await put({ name: 'h', config: config({ ...own, scope: 'x' }) })).status).toBe(200);
    },
  );

  it('C48: drops the secrets of a connector when an update changes its host and contains no secrets', async () => {
    await create({ config: config(), secrets });
    const url = `${fixture.elsewhere.origin}/v1`;
    for (const given of [{}, { secrets: {} }]) {
      const moved = await put({ name: 'h', config: { url, hasAuth: false }, ...given });
      expect(moved.status).toBe(200);
    }
    expect((await fixture.read('h')).secrets).toEqual({});
    expect((await put({ name: 'h', config: { url, hasAuth: true } })).status).toBe(200);
    expect((await fixture.execute('h', {})).body).toMatchObject({ status: 'ok' });
    expect(fixture.elsewhere.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('C48: does not send secret headers to another host, even without authentication', async () => {
    await create({ config: config(), secrets: { secretHeaders: { 'X-Key': 'development-key' } } });
    const url = `${fixture.elsewhere.origin}/v1`;
    const refused = await put({ name: 'h', config: { url, hasAuth: false }, secrets: {} });
    expect(refused.body['attributes']).toMatchObject({ code: 'secrets_required' });
  });

  it.each([
    [
      'its secrets are those of a custom API',
      { secrets: { authType: 'bearer', token: 'development-token' } },
      '.custom_api',
    ],
    [
      'TLS verification is disabled',
      { config: { verificationMode: 'none' } },
      'customHostSettings',
    ],
  ])('is refused with advice when %s', async (_case, body: Values, hint) => {
    const refused = await fixture.inject<Values>({
      method: 'POST',
      url: '/api/actions/connector/h',
      body: {
        name: 'h',
        connector_type_id: '.http',
        ...body,
        config: config(body['config'] as Values),
      },
    });
    expect(refused.status).toBe(400);
    expect(refused.body['message']).toContain(hint);
  });

  it('is refused with the name of the missing client certificate', async () => {
    await create({ config: config({ authType: 'webhook-authentication-ssl' }) });
    const { status, body } = await fixture.execute('h', {});
    expect([status, body['message']]).toEqual([
      400,
      expect.stringContaining('the certificate is missing'),
    ]);
    expect(fixture.api.seen).toEqual([]);
  });
});

describe('a preconfigured connector', () => {
  const start = async (entry: (origin: string) => Values, enabledActionTypes: string[] = ['*']) => {
    const service = await startUpstream();
    fixture = await createActionsFixture({
      config: { enabledActionTypes, preconfigured: { fixed: entry(service.origin) } },
    });
    return service;
  };

  it('is executed in the format of Kibana, even if its type is not enabled', async () => {
    const service = await start(
      (url) => ({
        name: 'Fixed',
        actionTypeId: '.http',
        config: { url, hasAuth: true, authType: 'webhook-authentication-basic' },
        secrets,
        exposeConfig: true,
      }),
      [],
    );
    const { status, body } = await fixture.execute('fixed', { method: 'GET', path: '/a' });
    await service.close();
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(service.seen[0]).toMatchObject({ url: '/a', headers: { authorization: BASIC } });
    const created = await fixture.inject({
      method: 'POST',
      url: '/api/actions/connector',
      body: { name: 'x', connector_type_id: '.http', config: { url: service.origin } },
    });
    expect(created.status).toBe(403);
  });

  it('is executed as a connector of .custom_api, with a warning, if it has the former format', async () => {
    const service = await start((url) => ({
      name: 'Fixed',
      actionTypeId: '.http',
      config: { url },
      secrets: { authType: 'bearer', token: 'development-token' },
    }));
    service.response = () => ({ status: 404 });
    const response = await fixture.execute('fixed', { subAction: 'request', subActionParams: {} });
    await service.close();
    expect(response.body).toMatchObject({ status: 'ok', data: { status: 404 } });
    expect(service.seen[0]?.headers.authorization).toBe('Bearer development-token');
    const read = await fixture.inject<Values>({
      method: 'GET',
      url: '/api/actions/connector/fixed',
    });
    expect(read.body['connector_type_id']).toBe('.custom_api');
    const warnings = fixture.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message).join()).toMatch(
      /xpack\.actions\.preconfigured\.fixed: .*\[\.custom_api\]/,
    );
  });
});
