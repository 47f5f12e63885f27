import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  clientCredentials,
  createActionsFixture,
  ELSEWHERE_ORIGIN,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
});
afterEach(() => fixture.close());

const API = 'http://localhost:1234/api';
const basic = { authType: 'basic', username: 'u', password: 'development-password' };
const apiKey = { authType: 'api_key_header', headerField: 'X-Key', apiKey: 'development-api-key' };

const aService = (secrets: object, over: object = {}) =>
  fixture.create('c1', {
    connector_type_id: '.custom_api',
    config: { url: API },
    secrets,
    ...over,
  });
const put = (body: object) =>
  fixture.inject<Record<string, unknown>>({
    method: 'PUT',
    url: '/api/actions/connector/c1',
    body: { name: 'c1', config: { url: API }, ...body },
  });
const secrets = async () => (await fixture.read('c1')).secrets;

describe('keep_secrets', () => {
  it('keeps the named secrets while others are replaced', async () => {
    await aService(oauthApp({ scope: 'one' }));
    const { clientSecret: _, ...rest } = oauthApp({ scope: 'two', clientId: 'development-client' });
    const response = await put({ secrets: rest, keep_secrets: ['clientSecret'] });
    expect(response.status).toBe(200);
    expect(await secrets()).toEqual(oauthApp({ scope: 'two' }));
  });

  it('removes stored secrets that are neither sent nor named', async () => {
    await aService(oauthApp({ scope: 'one' }));
    const { clientSecret: _, ...rest } = oauthApp();
    await put({ secrets: rest, keep_secrets: ['clientSecret'] });
    expect(await secrets()).not.toHaveProperty('scope');
  });

  it('keeps all users connected when nothing else changes', async () => {
    await aService(oauthApp());
    await fixture.connect('c1');
    const { clientSecret: _, ...rest } = oauthApp({ scope: 'two' });
    const { body } = await put({ secrets: rest, keep_secrets: ['clientSecret'] });
    expect(body).not.toHaveProperty('disconnected_users');
  });

  it('replaces one of two credentials', async () => {
    await aService({ ...clientCredentials, additionalFields: { password: 'development-extra' } });
    const { clientSecret: _, ...rest } = clientCredentials;
    const additionalFields = { audience: 'api' };
    const kept = { secrets: { ...rest, additionalFields }, keep_secrets: ['clientSecret'] };
    expect((await put(kept)).status).toBe(200);
    expect(await secrets()).toEqual({ ...clientCredentials, additionalFields });
  });

  it.each([
    ['another path of the API', { config: { url: `${API}/tenant-b` } }, basic, 'password'],
    ['another host of the API', { config: { url: ELSEWHERE_ORIGIN } }, basic, 'password'],
    ['another path of the API with an API key', { config: { url: `${API}/x` } }, apiKey, 'apiKey'],
    [
      'another path of the token URL',
      { secrets: { tokenUrl: `${IDP_ORIGIN}/other-tenant/token` } },
      oauthApp(),
      'clientSecret',
    ],
    [
      'a query of the token URL',
      { secrets: { tokenUrl: `${IDP_ORIGIN}/token?forward=elsewhere` } },
      oauthApp(),
      'clientSecret',
    ],
    [
      'a new revocation URL',
      { secrets: { revocationUrl: `${IDP_ORIGIN}/collect` } },
      oauthApp(),
      'clientSecret',
    ],
    [
      'another token URL of the application',
      { secrets: { tokenUrl: `${ELSEWHERE_ORIGIN}/token` } },
      clientCredentials,
      'clientSecret',
    ],
    [
      'another API for the token of the application',
      { config: { url: `${API}/tenant-b` } },
      clientCredentials,
      'clientSecret',
    ],
  ])('C48: requires a secret again for %s', async (_case, change, stored, name) => {
    await aService(stored);
    const { [name]: _, ...rest } = stored as Record<string, unknown>;
    const { config = { url: API }, secrets: over = {} } = change as Record<string, object>;
    const response = await put({ config, secrets: { ...rest, ...over }, keep_secrets: [name] });
    expect([response.status, response.body['attributes']]).toEqual([
      400,
      {
        code: 'secrets_required',
        issues: [expect.objectContaining({ path: `secrets.${name}`, code: 'secrets_required' })],
      },
    ]);
    expect(await secrets()).toEqual(stored);
  });

  it('accepts another spelling of the same URL', async () => {
    await aService(basic, { config: { url: 'http://localhost:1234' } });
    const { password: _, ...rest } = basic;
    const kept = { secrets: { ...rest, username: 'v' }, keep_secrets: ['password'] };
    expect((await put({ ...kept, config: { url: 'http://LOCALHOST:1234/' } })).status).toBe(200);
    expect(await secrets()).toEqual({ ...basic, username: 'v' });
  });

  it('accepts another authorization URL, because no secret is sent to it', async () => {
    await aService(oauthApp());
    const { clientSecret: _, ...rest } = oauthApp({
      authorizationUrl: `${IDP_ORIGIN}/v2/authorize`,
    });
    expect((await put({ secrets: rest, keep_secrets: ['clientSecret'] })).status).toBe(200);
  });

  it('refuses to keep secrets for another authentication type', async () => {
    await aService(basic);
    const bearer = { authType: 'bearer' };
    const { status, body } = await put({ secrets: bearer, keep_secrets: ['password'] });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'invalid_secrets' }]);
    expect(await secrets()).toEqual(basic);
  });

  it.each([
    ['not stored', ['token'], basic],
    ['both kept and sent', ['password'], { ...basic, password: 'development-other' }],
    ['the name of the authentication type', ['authType'], basic],
    ['inherited by every object', ['__proto__'], basic],
  ])('refuses a secret that is %s', async (_case, names, sent) => {
    await aService(basic);
    const { status, body } = await put({ secrets: sent, keep_secrets: names });
    expect([status, body['attributes']]).toMatchObject([
      400,
      { code: 'invalid_keep_secrets', issues: [{ path: `secrets.${names[0]}` }] },
    ]);
    expect(JSON.stringify(body)).not.toContain('development-');
    expect(await secrets()).toEqual(basic);
  });
});

describe('keep_secrets of the type .http', () => {
  const OAUTH = {
    url: API,
    hasAuth: true,
    authType: 'webhook-oauth2-client-credentials',
    accessTokenUrl: `${IDP_ORIGIN}/token`,
    clientId: 'development-client',
  };
  const anHttp = (config: object, stored: object) =>
    fixture.create('c1', { connector_type_id: '.http', config, secrets: stored });

  it('keeps the password while the user name changes', async () => {
    await anHttp({ url: API }, { user: 'u', password: 'development-password' });
    const kept = { secrets: { user: 'v' }, keep_secrets: ['password'] };
    expect((await put(kept)).status).toBe(200);
    expect(await secrets()).toEqual({ user: 'v', password: 'development-password' });
  });

  it('keeps secret headers when authentication is switched off', async () => {
    const secretHeaders = { 'X-Key': 'development-header-key' };
    await anHttp({ url: API }, { user: 'u', password: 'development-password', secretHeaders });
    const config = { url: API, hasAuth: false };
    expect((await put({ config, secrets: {}, keep_secrets: ['secretHeaders'] })).status).toBe(200);
    expect(await secrets()).toEqual({ secretHeaders });
  });

  it.each([
    ['the path', { url: `${API}/tenant-b` }],
    ['the path of the token URL', { accessTokenUrl: `${IDP_ORIGIN}/tenant-b/token` }],
    ['the trusted certificate authority', { ca: 'another' }],
  ])('C48: requires a secret again when an edit changes %s', async (_case, change) => {
    await anHttp(OAUTH, { clientSecret: 'development-client-secret' });
    const { status, body } = await put({
      config: { ...OAUTH, ...change },
      secrets: {},
      keep_secrets: ['clientSecret'],
    });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'secrets_required' }]);
  });
});
