import { defineAction, defineConnectorSpec } from '@latchkey/connector-specs';
import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import { providers, resolveProvider } from '@latchkey/oauth-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aTestUser, createFlowFixture, type FlowFixture } from './flow_fixture.mock.ts';

const TENANT = 'contoso.com';
const AUTHORIZATION_CODE = 'oauth_authorization_code';

/** A connector type whose OAuth endpoints contain the tenant from the config. */
const spec = defineConnectorSpec({
  metadata: {
    id: '.tenants',
    displayName: 'Tenants',
    description: 'For tests.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: [AUTHORIZATION_CODE, 'oauth_client_credentials'] },
  provider: 'microsoft',
  apiOrigins: ['https://graph.microsoft.com'],
  actions: {
    noop: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Does nothing.',
      handler: async () => ({}),
    }),
  },
  test: { enabled: false, handler: async () => ({}) },
});

const ana = aTestUser();
let server: QuirkServer;
let fixture: FlowFixture;

beforeAll(async () => {
  const entry = resolveProvider(providers.microsoft, { tenant: TENANT });
  server = await startQuirkServer({ entry });
});
afterAll(() => server.stop());
beforeEach(async () => {
  const hostOverrides = { 'https://login.microsoftonline.com': server.origin };
  fixture = await createFlowFixture({
    specs: [spec],
    settings: { allowedHosts: ['*'], dev: { hostOverrides } },
  });
});
afterEach(() => fixture.close());

const app = (authType = AUTHORIZATION_CODE) => ({
  authType,
  clientId: server.client.id,
  clientSecret: server.client.secret,
  scope: authType === AUTHORIZATION_CODE ? 'read offline_access' : 'read',
});
const aTenant = (tenant: string, over: object = {}) => ({
  connector_type_id: '.tenants',
  config: { tenant },
  secrets: app(),
  ...over,
});
const send = (method: 'POST' | 'PUT', url: string, body: object) =>
  fixture.as<Record<string, unknown>>(ana, { method, url, body: { name: 'c1', ...body } });
const put = (body: object) => send('PUT', '/api/actions/connector/c1', body);

async function connect(): Promise<void> {
  const { body } = await fixture.start(ana, 'c1');
  const { headers } = await fetch(body.authorizationUrl, { redirect: 'manual' });
  await fixture.arrive(ana, new URL(headers.get('location') ?? ''));
  expect(await fixture.statusOf(ana, 'c1')).toBe('connected');
}

describe('a connector whose endpoints are derived from its tenant', () => {
  it('connects users when it has only tenant, client id and client secret', async () => {
    await fixture.create('c1', aTenant(TENANT));
    await connect();
  });

  it('has a callback URL before it is saved', async () => {
    const url = '/internal/actions/connectors/_validate';
    const { body } = await send('POST', url, aTenant(TENANT));
    expect(body).toMatchObject({ issues: [], callback_url: expect.stringContaining('http') });
  });

  it('C118: disconnects all users when the tenant changes', async () => {
    await fixture.create('c1', aTenant(TENANT));
    await connect();
    const { status, body } = await put({ config: { tenant: 'fabrikam.com' }, secrets: app() });
    expect([status, body['disconnected_users']]).toEqual([200, 1]);
    expect(await fixture.statusOf(ana, 'c1')).toBe('needs_reauth');
  });

  it('keeps users connected when only the spelling of the tenant changes', async () => {
    await fixture.create('c1', aTenant(TENANT));
    await connect();
    await put({ config: { tenant: 'Contoso.com' }, secrets: app() });
    expect(await fixture.statusOf(ana, 'c1')).toBe('connected');
  });

  it('C118: does not send a stored client secret to another tenant', async () => {
    await fixture.create('c1', aTenant(TENANT));
    const { clientSecret: _, ...rest } = app();
    const config = { tenant: 'fabrikam.com' };
    for (const values of [{ config }, { config, secrets: rest, keep_secrets: ['clientSecret'] }]) {
      const { status, body } = await put(values);
      expect([status, body['attributes']]).toMatchObject([400, { code: 'secrets_required' }]);
    }
  });

  it.each([
    'evil.example/x',
    'contoso.com/../../evil',
    '..',
    '%2e%2e',
    'contoso.com?redirect=evil.example',
    'contoso.com#evil.example',
    '@evil.example',
    '\\evil.example',
    'contoso.com\nevil',
    'c'.repeat(300),
  ])('C118: cannot be saved with the tenant %o', async (tenant) => {
    const { status, body } = await send('POST', '/api/actions/connector/c2', aTenant(tenant));
    expect([status, body['attributes']]).toMatchObject([
      400,
      { code: 'invalid_config', issues: [{ path: 'config.tenant' }] },
    ]);
    expect(JSON.stringify(body)).not.toContain('evil');
  });

  it('cannot be saved with client credentials unless it names a single tenant', async () => {
    const save = (tenant: string, id: string) =>
      send('POST', `/api/actions/connector/${id}`, {
        ...aTenant(tenant),
        secrets: app('oauth_client_credentials'),
      });
    expect((await save('organizations', 'c3')).body['attributes']).toMatchObject({
      code: 'invalid_config',
      issues: [{ path: 'config.tenant' }],
    });
    expect((await save(TENANT, 'c4')).status).toBe(200);
  });
});

it('C41: a connector cannot be saved while the derived token host is not allowed', async () => {
  const closed = await createFlowFixture({
    specs: [spec],
    settings: { allowedHosts: ['graph.microsoft.com'] },
  });
  try {
    const url = '/api/actions/connector/c1';
    const body = { name: 'c1', ...aTenant(TENANT) };
    const response = await closed.as<Record<string, unknown>>(ana, { method: 'POST', url, body });
    expect(response.body['attributes']).toMatchObject({
      code: 'url_not_allowed',
      issues: [{ path: 'config.tenant' }],
    });
  } finally {
    await closed.close();
  }
});
