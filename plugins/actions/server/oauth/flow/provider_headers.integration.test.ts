import { type ConnectorSpec, defineAction, defineConnectorSpec } from '@latchkey/connector-specs';
import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import { type ProviderName, providers, resolveProvider } from '@latchkey/oauth-providers';
import { RecordingServer } from '@latchkey/test-proxy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aSiteConnector } from '../../testing/index.ts';
import {
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  type TestUser,
} from './flow_fixture.mock.ts';

const FOREIGN = 'https://foreign.example.com';

let foreign: RecordingServer;
let server: QuirkServer;
let fixture: FlowFixture;
let ana: TestUser;

beforeAll(async () => {
  foreign = await RecordingServer.start();
});
afterAll(() => foreign.stop());
beforeEach(() => {
  foreign.received.length = 0;
  ana = aTestUser();
});
afterEach(async () => {
  await fixture.close();
  await server.stop();
});

/** A connector type that calls a URL, in which `{dc}` is the grant fact of that name. */
const specOf = (provider: ProviderName, origin: string): ConnectorSpec =>
  defineConnectorSpec({
    metadata: {
      id: `.headers_${provider}`,
      displayName: provider,
      description: 'For tests.',
      minimumLicense: 'basic',
      supportedFeatureIds: ['workflows'],
    },
    auth: { types: ['oauth_authorization_code'] },
    provider,
    apiOrigins: [origin],
    test: { enabled: false, handler: async () => ({}) },
    actions: {
      call: defineAction({
        input: z.strictObject({
          url: z.string().max(200),
          headers: z.record(z.string(), z.string()).optional(),
          byAxios: z.boolean().optional(),
        }),
        scope: 'read',
        description: 'Requests a URL.',
        handler: async ({ request, client, grant }, { url, headers = {}, byAxios }) => {
          const target = url.replace('{dc}', grant['dc'] ?? '');
          const { status, data } =
            byAxios === true
              ? await client.get<unknown>(target, { headers, validateStatus: () => true })
              : await request({ url: target, headers });
          return { status, data, grant };
        },
      }),
    },
  });

async function start(
  provider: ProviderName,
  options: { readonly origin: string; readonly hosts: readonly string[]; readonly scope: string },
): Promise<void> {
  const config = provider === 'shopify' ? { shop: 'acme' } : {};
  const spec = specOf(provider, options.origin);
  server = await startQuirkServer({ entry: resolveProvider(providers[provider], config) });
  const hostOverrides = Object.fromEntries([
    ...options.hosts.map((host) => [`https://${host}`, server.origin]),
    [FOREIGN, foreign.origin],
  ]);
  fixture = await createFlowFixture({
    specs: [spec],
    settings: { allowedHosts: ['*'], dev: { hostOverrides } },
  });
  await fixture.create('own', { ...aSiteConnector(spec, server, options.scope), config });
}

async function connect() {
  const { body } = await fixture.start(ana, 'own');
  const { headers } = await fetch(body.authorizationUrl, { redirect: 'manual' });
  return fixture.arrive(ana, new URL(headers.get('location') ?? ''));
}
const call = async (url: string, more: object = {}) => {
  const { body } = await fixture.as(ana, {
    method: 'POST',
    url: '/api/actions/connector/own/_execute',
    body: { params: { subAction: 'call', subActionParams: { url, ...more } } },
  });
  return body;
};
const OK = { status: 'ok', data: { status: 200 } };

describe('a provider that names a label of the host of the API', () => {
  const API = 'https://{dc}.api.mailchimp.com/3.0/lists';
  beforeEach(() =>
    start('mailchimp', {
      origin: 'https://{grant.dc}.api.mailchimp.com',
      hosts: ['login.mailchimp.com', 'us6.api.mailchimp.com', 'us7.api.mailchimp.com'],
      scope: '',
    }),
  );

  it('is called at this host, with the token after the word OAuth', async () => {
    server.nameFacts({ dc: 'us6' });
    expect((await connect()).status).toBe(200);
    expect(await call(API)).toMatchObject({ ...OK, data: { grant: { dc: 'us6' } } });
    expect(await call(API, { byAxios: true })).toMatchObject(OK);
    expect(await fixture.statusOf(ana, 'own')).toBe('connected');
  });

  it.each([
    'foreign.example.com/',
    'foreign.example.com#',
    'a@foreign.example.com/',
    'us6.evil',
    'us6:8443',
    'us6\r\nx-evil: 1',
    'a\\',
    '',
    ['us6'],
  ])('F157: gets no API request and no connection when the label is %j', async (dc) => {
    server.nameFacts({ dc });
    expect((await connect()).status).toBe(502);
    expect(await fixture.statusOf(ana, 'own')).toBe('not_connected');
    expect(await call(API)).toMatchObject({ status: 'error' });
    expect(foreign.received).toEqual([]);
  });

  it('F157: does not get the token at another host, even if the handler requests it', async () => {
    server.nameFacts({ dc: 'us6' });
    await connect();
    for (const url of [FOREIGN, 'https://us7.api.mailchimp.com/', 'https://login.mailchimp.com/'])
      expect(await call(url)).toMatchObject({ status: 'error' });
    expect(foreign.received).toEqual([]);
  });
});

describe('a provider that expects the site in a header', () => {
  const API = 'https://api.xero.com/api.xro/2.0/Invoices';
  beforeEach(() =>
    start('xero', {
      origin: 'https://api.xero.com',
      hosts: ['login.xero.com', 'identity.xero.com', 'api.xero.com'],
      scope: 'accounting.transactions offline_access',
    }),
  );

  it('gets the site that the user chose', async () => {
    server.nameFacts({ tenantId: ['t-1', 't-2'] });
    await connect();
    expect(await call(API)).toMatchObject({ status: 'error' });
    const sites = '/api/actions/connector/own/_sites';
    await fixture.as(ana, { method: 'PUT', url: sites, body: { site_id: 't-2' } });
    server.nameFacts({ tenantId: 't-2' });
    expect(await call(API)).toMatchObject({ ...OK, data: { grant: { tenantId: 't-2' } } });
    expect(await call(API, { byAxios: true })).toMatchObject(OK);
    server.expireAccessTokens();
    expect(await call(API)).toMatchObject(OK);
  });

  it.each([['t-1\r\nx-evil: 1'], ['ä'], [null]])(
    'is not called if the site is %j',
    async (tenantId) => {
      server.nameFacts({ tenantId: [tenantId] });
      await connect();
      expect(await call(API)).toMatchObject({ status: 'error' });
      expect(server.requests({ endpoint: 'api' })).toEqual([]);
    },
  );
});

describe('a provider with its own header for the token', () => {
  const API = 'https://acme.myshopify.com/admin/api/shop.json';
  beforeEach(async () => {
    await start('shopify', {
      origin: 'https://{config.shop}.myshopify.com',
      hosts: ['acme.myshopify.com'],
      scope: 'read_products',
    });
    await connect();
  });

  it('gets the token in this header, and a new token there after it rejected the first', async () => {
    expect(await call(API)).toMatchObject(OK);
    server.expireAccessTokens();
    expect(await call(API)).toMatchObject(OK);
    server.expireAccessTokens();
    expect(await call(API, { byAxios: true })).toMatchObject(OK);
  });

  it('F157: does not get the token at another host', async () => {
    expect(await call(FOREIGN)).toMatchObject({ status: 'error' });
    expect(await call(FOREIGN, { byAxios: true })).toMatchObject({ status: 'error' });
    expect(foreign.received).toEqual([]);
  });
});

describe('a connector whose administrator enters grant facts', () => {
  const DC = {
    name: 'dc',
    from: 'request',
    url: 'https://login.mailchimp.com/oauth2/metadata',
    path: 'dc',
    kind: 'label',
    hosts: ['*.api.mailchimp.com'],
  };
  const DATA = {
    authorize: { scope: { isSupported: false } },
    accessToken: { scheme: 'OAuth' },
    grantFacts: [DC],
    api: { headers: { 'x-data-center': 'at {grant.dc}' } },
  };
  const URL_OF_API = 'https://{grant.dc}.api.mailchimp.com/3.0';

  const connectorWith = (data: object = DATA, url = URL_OF_API) => ({
    connector_type_id: '.custom_api',
    config: { url, providerData: JSON.stringify(data) },
    secrets: {
      authType: 'oauth_authorization_code',
      authorizationUrl: providers.mailchimp.authorize.url,
      tokenUrl: providers.mailchimp.token.url,
      clientId: server.client.id,
      clientSecret: server.client.secret,
      tokenEndpointAuthMethod: 'client_secret_post',
    },
  });
  const request = async (input: object = {}) => {
    const { body } = await fixture.as(ana, {
      method: 'POST',
      url: '/api/actions/connector/own/_execute',
      body: { params: { subAction: 'request', subActionParams: { path: '/lists', ...input } } },
    });
    return body;
  };

  beforeEach(async () => {
    const entry = { ...providers.mailchimp };
    server = await startQuirkServer({
      entry: { ...entry, api: { ...entry.api, headers: DATA.api.headers } },
    });
    const hosts = ['login.mailchimp.com', 'us6.api.mailchimp.com'];
    const hostOverrides = Object.fromEntries([
      ...hosts.map((host) => [`https://${host}`, server.origin]),
      [FOREIGN, foreign.origin],
    ]);
    fixture = await createFlowFixture({
      specs: [],
      settings: { allowedHosts: ['*'], dev: { hostOverrides } },
    });
  });

  it('calls the host of the grant, with the token and the headers as entered', async () => {
    await fixture.create('own', connectorWith());
    server.nameFacts({ dc: 'us6' });
    expect((await connect()).status).toBe(200);
    expect(await request()).toMatchObject(OK);
    const [sent] = server.requests({ endpoint: 'api' });
    expect(sent).toMatchObject({ path: '/3.0/lists' });
    for (const url of [FOREIGN, 'https://us7.api.mailchimp.com/3.0/lists'])
      expect(await request({ path: '', url })).toMatchObject({ status: 'error' });
  });

  it('F157: gets no authorization when the value leads out of the pattern', async () => {
    await fixture.create('own', connectorWith());
    server.nameFacts({ dc: 'foreign.example.com/' });
    expect((await connect()).status).toBe(502);
    expect(await request()).toMatchObject({ status: 'error' });
    expect(foreign.received).toEqual([]);
  });

  it.each([
    [{ from: 'token_response', path: 'refresh_token' }, {}],
    [{ from: 'token_response', path: 'data.clientAssertion' }, {}],
    [{ from: 'callback', path: 'code' }, {}],
    // A redirect to another host keeps such a header.
    [{ from: 'token_response', path: 'tenant' }, { 'accept-language': '{grant.id}' }],
    [{ from: 'token_response', path: 'tenant' }, { 'user-agent': 'of {grant.id}' }],
  ])('F158: cannot be saved with the fact %j and the headers %j', async (fact, headers) => {
    const data = {
      ...DATA,
      grantFacts: [DC, { name: 'id', kind: 'text', ...fact }],
      api: { headers },
    };
    await expect(fixture.create('own', connectorWith(data))).rejects.toThrow('create: 400');
  });

  it('F158: ends connections, and needs the secrets again, when an edit changes what a fact is', async () => {
    await fixture.create('own', connectorWith());
    server.nameFacts({ dc: 'us6' });
    expect((await connect()).status).toBe(200);
    expect(await fixture.statusOf(ana, 'own')).toBe('connected');
    const { config, secrets } = connectorWith({ ...DATA, grantFacts: [{ ...DC, path: 'other' }] });
    const put = (body: object) =>
      fixture.as(ana, { method: 'PUT', url: '/api/actions/connector/own', body });
    const { clientSecret: _, ...rest } = secrets;
    const kept = { secrets: rest, keep_secrets: ['clientSecret'] };
    expect(await put({ name: 'own', config, ...kept })).toMatchObject({ status: 400 });
    expect(await fixture.statusOf(ana, 'own')).toBe('connected');
    expect(await put({ name: 'own', config, secrets })).toMatchObject({ status: 200 });
    expect(await fixture.statusOf(ana, 'own')).not.toBe('connected');
  });

  it('F157: sends the token to no other origin for a fact', async () => {
    const elsewhere = { ...DATA, grantFacts: [{ ...DC, url: `${FOREIGN}/facts` }] };
    const refused = fixture.create('own', connectorWith(elsewhere));
    await expect(refused).rejects.toThrow('neither on the origin of its token URL');
    expect(foreign.received).toEqual([]);
  });

  it.each([
    [{ ...DATA, grantFacts: [] }, URL_OF_API],
    [DATA, 'https://{grant.other}.api.mailchimp.com'],
    [DATA, 'https://{grant.dc}.foreign.example.com'],
    [DATA, 'https://{grant.dc}'],
    [DATA, 'https://x.{grant.dc}.api.mailchimp.com'],
    [DATA, 'https://{grant.dc}.api.mailchimp.com:8443'],
  ])('F157: cannot be saved with another pattern: %j %s', async (data, url) => {
    await expect(fixture.create('own', connectorWith(data, url))).rejects.toThrow('create: 400');
  });
});
