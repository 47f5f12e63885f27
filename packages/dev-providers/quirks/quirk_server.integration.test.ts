import { type ProviderEntry, providers, resolveProvider } from '@latchkey/oauth-providers';
import { afterEach, describe, expect, it } from 'vitest';
import { type QuirkServer, startQuirkServer } from './quirk_server.ts';

const CALLBACK = 'http://localhost/cb';
let server: QuirkServer;
afterEach(() => server.stop());

const start = async (entry: ProviderEntry) => {
  server = await startQuirkServer({
    entry: resolveProvider(entry, { subdomain: 'acme', shop: 'acme' }),
  });
};
/** Sends an authorization request and returns the parameters of the callback. */
const authorize = async (url: string, params: Record<string, string> = {}) => {
  const address = new URL(server.addressOf(url));
  const standard = {
    client_id: server.client.id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    ...params,
  };
  for (const [name, value] of Object.entries(standard)) address.searchParams.set(name, value);
  const { headers } = await fetch(address, { redirect: 'manual' });
  return Object.fromEntries(new URL(headers.get('location') ?? '').searchParams);
};
const basic = () =>
  `Basic ${Buffer.from(`${server.client.id}:${server.client.secret}`).toString('base64')}`;
const secretInBody = () => ({
  client_id: server.client.id,
  client_secret: server.client.secret,
});
const post = async (
  url: string,
  fields: Record<string, unknown>,
  { json = false, headers = {} }: { json?: boolean; headers?: Record<string, string> } = {},
) => {
  const entries = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  const form = new URLSearchParams(Object.fromEntries(entries)).toString();
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
  const response = await fetch(server.addressOf(url), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': type, ...headers },
    body: json ? JSON.stringify(fields) : form,
  });
  return { status: response.status, text: await response.text() };
};
const codeFields = async (url: string, params: Record<string, string> = {}) => ({
  grant_type: 'authorization_code',
  code: (await authorize(url, params))['code'],
  redirect_uri: CALLBACK,
});

describe('the quirk server', () => {
  it('rejects an authorization without the audience that Atlassian requires', async () => {
    const { atlassian } = providers;
    await start(atlassian);
    const { url, parameters } = atlassian.authorize;
    expect(await authorize(url, { scope: 'a' })).toEqual({ error: 'invalid_request' });
    expect(await authorize(url, { scope: 'a', ...parameters })).toHaveProperty('code');
  });

  it('rejects an authorization without PKCE where it is required', async () => {
    await start(providers.airtable);
    const { url } = providers.airtable.authorize;
    expect(await authorize(url, { scope: 'a' })).toEqual({ error: 'invalid_request' });
  });

  it('rejects scopes in another parameter or with another separator', async () => {
    await start(providers.slack);
    const { url } = providers.slack.authorize;
    expect(await authorize(url, { scope: 'a' })).toEqual({ error: 'invalid_scope' });
    expect(await authorize(url, { user_scope: 'a b' })).toEqual({ error: 'invalid_scope' });
    expect(await authorize(url, { user_scope: 'a,b' })).toHaveProperty('code');
  });

  it('issues a refresh token only for offline access', async () => {
    await start(providers.google);
    const { authorize: endpoint, token } = providers.google;
    const tokensFor = async (params: Record<string, string>) => {
      const fields = await codeFields(endpoint.url, { scope: 'a', ...params });
      const { text } = await post(token.url, fields, { headers: { authorization: basic() } });
      return JSON.parse(text);
    };
    expect(await tokensFor({})).not.toHaveProperty('refresh_token');
    expect(await tokensFor({ access_type: 'offline' })).toHaveProperty('refresh_token');
  });

  it.each([
    ['a form instead of JSON', { json: false, isBasic: true }],
    ['the secret in the body instead of Basic', { json: true, isBasic: false }],
  ])('rejects %s at Notion', async (_, { json, isBasic }) => {
    const { notion } = providers;
    await start(notion);
    const fields = await codeFields(notion.authorize.url, { owner: 'user' });
    const wrong = await post(
      notion.token.url,
      isBasic ? fields : { ...fields, ...secretInBody() },
      { json, headers: isBasic ? { authorization: basic() } : {} },
    );
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    const right = { json: true, headers: { authorization: basic() } };
    expect((await post(notion.token.url, fields, right)).status).toBe(200);
  });

  it('rejects a token request that uses both methods of client authentication', async () => {
    const { google } = providers;
    await start(google);
    const fields = await codeFields(google.authorize.url, { scope: 'a' });
    const both = await post(
      google.token.url,
      { ...fields, ...secretInBody() },
      { headers: { authorization: basic() } },
    );
    expect(both).toEqual({ status: 401, text: '{"error":"invalid_client"}' });
  });

  it('accepts HTTP Basic without form encoding only where the entry says so', async () => {
    const { google } = providers;
    await start({ ...google, token: { ...google.token, basicEncoding: 'none' } });
    const { id, secret } = server.client;
    const encoded = [id, secret].map((one) => encodeURIComponent(one).replaceAll('%20', '+'));
    const request = async (pair: readonly string[]) => {
      const fields = await codeFields(google.authorize.url, { scope: 'a' });
      const authorization = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
      return (await post(google.token.url, fields, { headers: { authorization } })).status;
    };
    expect(await request(encoded)).toBe(401);
    expect(await request([id, secret])).toBe(200);
  });

  it('requires the fixed fields of a token request, with their JSON type', async () => {
    const zendesk = resolveProvider(providers.zendesk, { subdomain: 'acme' });
    await start(zendesk);
    const fields = await codeFields(zendesk.authorize.url, { scope: 'a' });
    const request = { ...fields, ...secretInBody() };
    expect((await post(zendesk.token.url, request, { json: true })).status).toBe(400);
    const text = { ...request, expires_in: '1800' };
    expect((await post(zendesk.token.url, text, { json: true })).status).toBe(400);
    const number = { ...request, expires_in: 1800 };
    expect((await post(zendesk.token.url, number, { json: true })).status).toBe(200);
  });

  it('responds with a form to a request without the Accept header that GitHub needs', async () => {
    const { github } = providers;
    await start(github);
    const fields = {
      ...(await codeFields(github.authorize.url, { scope: 'a' })),
      ...secretInBody(),
    };
    const { text } = await post(github.token.url, fields, { headers: { accept: '*/*' } });
    expect(new URLSearchParams(text).has('access_token')).toBe(true);
  });

  it('exchanges refresh tokens only at the separate endpoint of Figma', async () => {
    const { figma } = providers;
    await start(figma);
    const headers = { authorization: basic() };
    const fields = await codeFields(figma.authorize.url, { scope: 'a' });
    const { text } = await post(figma.token.url, fields, { headers });
    const refresh = { grant_type: 'refresh_token', refresh_token: JSON.parse(text).refresh_token };
    expect((await post(figma.token.url, refresh, { headers })).status).toBe(400);
    const { refreshUrl = '' } = figma.token;
    expect((await post(refreshUrl, refresh, { headers })).status).toBe(200);
  });

  const callApi = async (headers: Record<string, string>) =>
    (await fetch(`${server.origin}/any/call`, { headers })).status;

  it('accepts the token of Shopify only in its own header, and alone', async () => {
    const shopify = resolveProvider(providers.shopify, { shop: 'acme' });
    await start(shopify);
    const fields = await codeFields(shopify.authorize.url, { scope: 'a' });
    const request = { ...fields, ...secretInBody(), expiring: '1' };
    const { text } = await post(shopify.token.url, request);
    const token = JSON.parse(text).access_token;
    const header = 'x-shopify-access-token';
    expect(await callApi({ [header]: token })).toBe(200);
    expect(await callApi({ [header]: `Bearer ${token}` })).toBe(401);
    expect(await callApi({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await callApi({ authorization: `Bearer ${token}`, [header]: token })).toBe(401);
  });

  it('accepts the token of Mailchimp only after the word OAuth', async () => {
    const { mailchimp } = providers;
    await start(mailchimp);
    const fields = await codeFields(mailchimp.authorize.url);
    const { text } = await post(mailchimp.token.url, { ...fields, ...secretInBody() });
    const token = JSON.parse(text).access_token;
    expect(await callApi({ authorization: `OAuth ${token}` })).toBe(200);
    expect(await callApi({ authorization: `Bearer ${token}` })).toBe(401);
  });

  it('demands the tenant in a header of every request to Xero', async () => {
    const { xero } = providers;
    await start(xero);
    const fields = await codeFields(xero.authorize.url, { scope: 'a' });
    const { text } = await post(xero.token.url, fields, { headers: { authorization: basic() } });
    const authorization = `Bearer ${JSON.parse(text).access_token}`;
    server.nameFacts({ tenantId: ['t-1', 't-2'] });
    expect(await callApi({ authorization, 'xero-tenant-id': 't-2' })).toBe(200);
    expect(await callApi({ authorization, 'xero-tenant-id': 't-3' })).toBe(400);
    expect(await callApi({ authorization, 'xero-tenant-id': '{grant.tenantId}' })).toBe(400);
    expect(await callApi({ authorization })).toBe(400);
  });

  it('ends the grant when a used refresh token is presented at Airtable', async () => {
    const { airtable } = providers;
    await start(airtable);
    const headers = { authorization: basic() };
    const fields = await codeFields(airtable.authorize.url, {
      scope: 'a',
      // This is the example of RFC 7636 appendix B.
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const verified = { ...fields, code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' };
    const { text } = await post(airtable.token.url, verified, { headers });
    const refresh = { grant_type: 'refresh_token', refresh_token: JSON.parse(text).refresh_token };
    expect((await post(airtable.token.url, refresh, { headers })).status).toBe(200);
    expect((await post(airtable.token.url, refresh, { headers })).status).toBe(400);
    expect(server.liveGrants()).toBe(0);
  });
});
