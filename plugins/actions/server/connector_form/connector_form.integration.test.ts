import { afterEach, describe, expect, it } from 'vitest';
import { connectorFormBody } from '../../common/index.ts';
import {
  type ActionsFixture,
  ana,
  clientCredentials,
  createActionsFixture,
  type FixtureOptions,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

let fixture: ActionsFixture | undefined;
const open = async (options: FixtureOptions = {}) => {
  fixture = await createActionsFixture(options);
  return fixture;
};
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});

const API = 'http://localhost:1234/api';
const CREATED_AT = '2030-01-01T00:00:00.000Z';
const form = async (id = 'c1', prefix = '') => {
  const response = await (fixture as ActionsFixture).inject<Record<string, unknown>>({
    method: 'GET',
    url: `${prefix}/internal/actions/connector/${id}/form`,
  });
  if (response.status === 200) connectorFormBody.strict().parse(response.body);
  return response;
};
const aService = (secrets: object, over: object = {}) =>
  (fixture as ActionsFixture).create('c1', {
    connector_type_id: '.custom_api',
    config: { url: API },
    secrets,
    ...over,
  });

describe('GET /internal/actions/connector/{id}/form', () => {
  it('returns all stored values except credentials, and names the stored credentials', async () => {
    await open();
    await aService(oauthApp({ scope: 'files.read' }), { name: 'My API' });
    const { status, body, text } = await form();
    expect(status).toBe(200);
    expect(body).toEqual({
      id: 'c1',
      version: (await fixture?.read('c1'))?.version,
      name: 'My API',
      connector_type_id: '.custom_api',
      auth_type: 'oauth_authorization_code',
      auth_mode: 'per-user',
      is_preconfigured: false,
      is_editable: true,
      config: { url: API },
      secrets: {
        authType: 'oauth_authorization_code',
        authorizationUrl: `${IDP_ORIGIN}/authorize`,
        tokenUrl: `${IDP_ORIGIN}/token`,
        clientId: 'development-client',
        scope: 'files.read',
      },
      credentials: { clientSecret: { stored: true }, privateKey: { stored: false } },
      callback_url: expect.stringMatching(
        /^http.*\/api\/actions\/connector\/_oauth_callback\/[\w-]{16}$/,
      ),
      created_at: CREATED_AT,
      updated_at: CREATED_AT,
    });
    expect(text).not.toContain('development-client-secret');
  });

  it.each([
    [
      { authType: 'basic', username: 'u', password: 'canary-password' },
      { values: ['authType', 'username'], credentials: { password: { stored: true } } },
    ],
    [
      { authType: 'api_key_header', headerField: 'X-Key', apiKey: 'canary-key' },
      { values: ['authType', 'headerField'], credentials: { apiKey: { stored: true } } },
    ],
    [
      { authType: 'bearer', token: 'canary-token' },
      { values: ['authType'], credentials: { token: { stored: true } } },
    ],
    [
      { ...clientCredentials, clientSecret: 'canary-secret', additionalFields: { a: 'canary' } },
      {
        values: ['authType', 'tokenUrl', 'clientId'],
        credentials: { clientSecret: { stored: true }, additionalFields: { stored: true } },
      },
    ],
    [
      { ...clientCredentials, clientSecret: 'canary-secret' },
      {
        values: ['authType', 'tokenUrl', 'clientId'],
        credentials: { clientSecret: { stored: true }, additionalFields: { stored: false } },
      },
    ],
  ])('never returns a credential of %j', async (secrets, expected) => {
    await open();
    await aService(secrets);
    const { body, text } = await form();
    expect(Object.keys(body['secrets'] as object).sort()).toEqual([...expected.values].sort());
    expect(body['credentials']).toEqual(expected.credentials);
    expect(text).not.toContain('canary');
    expect(body).not.toHaveProperty('callback_url');
  });

  it('shows the user name of the type .http, but neither password nor secret headers', async () => {
    await open();
    await aService(
      { user: 'u', password: 'canary-password', secretHeaders: { 'X-Key': 'canary-header' } },
      { connector_type_id: '.http', config: { url: API, hasAuth: true } },
    );
    const { body, text } = await form();
    expect(body).toMatchObject({
      auth_type: 'basic',
      config: { url: API, hasAuth: true },
      secrets: { user: 'u' },
      credentials: {
        password: { stored: true },
        secretHeaders: { stored: true },
        clientSecret: { stored: false },
      },
    });
    expect(text).not.toContain('canary');
  });

  it('returns values that a save accepts unchanged, together with the stored credentials', async () => {
    const { inject, read } = await open();
    await aService(oauthApp({ scope: 'files.read' }));
    const before = await read('c1');
    const { body } = await form();
    const stored = Object.entries(body['credentials'] as Record<string, { stored: boolean }>);
    const { name, config, secrets } = body;
    const keep_secrets = stored.filter(([, credential]) => credential.stored).map(([key]) => key);
    const saved = await inject({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name, config, secrets, keep_secrets },
    });
    expect(saved.status).toBe(200);
    const { config: newConfig, secrets: newSecrets } = await read('c1');
    expect([newConfig, newSecrets]).toEqual([before.config, before.secrets]);
  });

  it('contains the same redirect URI as authorizations', async () => {
    const { services } = await open();
    await aService(oauthApp());
    const { body } = await form();
    const principal = { user: ana, spaceId: 'default' };
    const started = await services.flow.start({
      principal,
      connectorId: 'c1',
      returnUrl: undefined,
    });
    const sent = new URL(started.authorizationUrl).searchParams.get('redirect_uri');
    expect(body['callback_url']).toBe(sent);
  });

  it('contains the shared redirect URI when `redirectUri` is `shared`', async () => {
    await open({ config: { auth: { oauth_authorization_code: { redirectUri: 'shared' } } } });
    await aService(oauthApp());
    expect((await form()).body['callback_url']).toMatch(/\/_oauth_callback$/);
  });

  it('needs the privilege to update, not only to read', async () => {
    const { audit } = await open({ missing: ['actions:update'] });
    await aService(oauthApp());
    const { status, text } = await form();
    expect(status).toBe(403);
    expect(text).not.toContain('development-client');
    expect(audit.events.at(-1)).toMatchObject({ outcome: 'failure', errorCode: 'forbidden' });
  });

  it('treats a connector of another space as missing', async () => {
    await open();
    await aService(oauthApp());
    expect((await form('c1', '/s/sales')).status).toBe(404);
    expect((await form('nope')).status).toBe(404);
  });

  it('marks preconfigured connectors as not editable and shows nothing of their secrets', async () => {
    const entry = { name: 'Fixed', actionTypeId: '.custom_api', config: { url: API } };
    const secrets = oauthApp({ clientId: 'canary-client', clientSecret: 'canary-secret' });
    await open({
      config: {
        preconfigured: {
          hidden: { ...entry, secrets },
          shown: { ...entry, secrets, exposeConfig: true },
        },
      },
    });
    const [hidden, shown] = [await form('hidden'), await form('shown')];
    for (const { body, text } of [hidden, shown]) {
      expect(body).toMatchObject({
        is_preconfigured: true,
        is_editable: false,
        read_only_reason: 'preconfigured',
        callback_url: expect.stringContaining('/_oauth_callback/'),
      });
      expect(body).not.toHaveProperty('secrets');
      expect(body).not.toHaveProperty('credentials');
      expect(text).not.toContain('canary');
    }
    expect(hidden.body).not.toHaveProperty('config');
    expect(shown.body['config']).toEqual({ url: API });
  });
});
