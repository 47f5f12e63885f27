import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import { type ProviderEntry, providers, resolveProvider } from '@latchkey/oauth-providers';
import { aProvider } from '@latchkey/oauth-providers/mocks';
import { afterEach, describe, expect, it } from 'vitest';
import { createPkcePair } from './authorization_request.ts';
import { clientProviderOf, type StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { completeGrantFacts } from './grant_facts.ts';
import type { ProtocolIo } from './protocol_io.ts';
import type { TokenGrant } from './token_response.ts';

const REDIRECT_URI = 'https://latchkey.example/cb';
const NOW = new Date('2030-01-01T00:00:00Z');

let server: QuirkServer;
/** Hosts that got an access token. */
const hosts = new Set<string>();
const io: ProtocolIo = {
  now: () => NOW,
  fetch: (url, init) => {
    if (init.headers['authorization'] !== undefined) hosts.add(new URL(url).host);
    return fetch(server.addressOf(url), { ...init, redirect: 'manual' });
  },
};
afterEach(() => {
  hosts.clear();
  return server.stop();
});

async function start(unresolved: ProviderEntry) {
  const entry = resolveProvider(unresolved, {});
  server = await startQuirkServer({ entry, now: () => NOW });
  const [method = 'client_secret_basic'] = entry.token.clientAuthentication;
  const client: StandardClient = {
    dialect: 'standard',
    authorizationEndpoint: entry.authorize.url,
    tokenEndpoint: entry.token.url,
    clientId: server.client.id,
    clientSecret: server.client.secret,
    tokenEndpointAuthMethod: method,
    scope: ['read', entry.refreshToken?.needsScope ?? []].flat().join(' '),
    provider: clientProviderOf(entry),
  };
  const { grantFacts } = entry;
  const authorize = async (needed: readonly string[] = []): Promise<TokenGrant> => {
    const { codeVerifier, codeChallenge } = await createPkcePair((n) => new Uint8Array(n).fill(7));
    const url = dialectOf(client).authorizationUrl({
      redirectUri: REDIRECT_URI,
      state: 'state',
      codeChallenge,
      providerParams: entry.authorize.parameters,
    });
    const { headers } = await fetch(server.addressOf(url), { redirect: 'manual' });
    const callback = Object.fromEntries(new URL(headers.get('location') ?? '').searchParams);
    const exchange = { code: callback['code'] ?? '', codeVerifier, redirectUri: REDIRECT_URI };
    const grant = await dialectOf(client).exchange(exchange, io);
    hosts.clear();
    return completeGrantFacts(grant, { grantFacts, needed, callback }, io);
  };
  return { authorize, client };
}

/** A provider that names the company in the callback only, as QuickBooks does. */
const withRealm = aProvider({
  grantFacts: [{ name: 'realmId', from: 'callback', path: 'realmId', kind: 'text' }],
});

describe('grant facts', () => {
  it.each([
    [providers.salesforce, { instance_url: 'https://acme.my.salesforce.com' }],
    [providers.zoho, { api_domain: 'https://www.zohoapis.com' }],
    [providers.hubspot, { hub_id: 'acme' }],
    [withRealm, { realmId: 'acme' }],
  ] as const)(
    'are read where the provider names them, in the token response or the callback (case %#)',
    async (entry, facts) => {
      const { authorize } = await start(entry);
      const grant = await authorize(Object.keys(facts));
      expect(grant.facts).toEqual(facts);
      expect(grant.sites).toBeUndefined();
      expect([...hosts]).toEqual([]);
    },
  );

  it('of Atlassian are read by a second request with the access token', async () => {
    const { authorize } = await start(providers.atlassian);
    server.nameFacts({ cloudId: ['c1', 'c2'] });
    expect((await authorize(['cloudId'])).sites).toEqual([
      { id: 'c1', label: 'https://c1.example.com', facts: { cloudId: 'c1' } },
      { id: 'c2', label: 'https://c2.example.com', facts: { cloudId: 'c2' } },
    ]);
    expect([...hosts]).toEqual(['api.atlassian.com']);
  });

  it('lead to a refused grant, whose tokens must be revoked, when they name a host that the entry does not permit', async () => {
    const { authorize } = await start(providers.salesforce);
    server.nameFacts({ instance_url: 'https://evil.example' });
    const refusal = await authorize().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'grant_fact_refused', kind: 'misconfigured' });
    expect(String(refusal)).not.toContain('evil');
    expect(Object(refusal).issuedTokens()).toMatchObject({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
    });
  });

  it('lead to a refused grant when API calls need them and the provider does not name them', async () => {
    const { authorize } = await start(providers.salesforce);
    server.nameFacts({ instance_url: null });
    await expect(authorize(['instance_url'])).rejects.toMatchObject({ code: 'grant_fact_missing' });
    expect((await authorize()).facts).toEqual({});
  });

  it('lead to a refused grant when the account has no sites', async () => {
    const { authorize } = await start(providers.atlassian);
    server.nameFacts({ cloudId: [] });
    await expect(authorize()).rejects.toMatchObject({ code: 'grant_fact_missing' });
  });

  it('lead to a refused grant with a temporary reason when they cannot be requested', async () => {
    const { authorize } = await start(providers.atlassian);
    const { fetch: send } = io;
    const failing: ProtocolIo['fetch'] = (url, init) =>
      url.includes('accessible-resources')
        ? Promise.resolve(new Response('<html>', { status: 503 }))
        : send(url, init);
    Object.assign(io, { fetch: failing });
    const refusal = await authorize().catch((error: unknown) => error);
    Object.assign(io, { fetch: send });
    expect(refusal).toMatchObject({ code: 'provider_unavailable', kind: 'transient' });
    expect(Object(refusal).issuedTokens()).toBeDefined();
  });

  it('of a refresh response are read if they are permitted, and wrong facts cause no loss of tokens', async () => {
    const { authorize, client } = await start(providers.salesforce);
    const first = await authorize();
    const second = await dialectOf(client).refresh(first.refreshToken ?? '', io);
    expect(second).toMatchObject({ facts: {}, refreshToken: expect.any(String) });
    server.nameFacts({ instance_url: 'https://moved.my.salesforce.com' });
    const third = await dialectOf(client).refresh(second.refreshToken ?? '', io);
    expect(third.facts).toEqual({ instance_url: 'https://moved.my.salesforce.com' });
    server.nameFacts({ instance_url: 'https://evil.example' });
    const fourth = await dialectOf(client).refresh(third.refreshToken ?? '', io);
    expect(fourth).toMatchObject({
      facts: {},
      refusedFacts: ['instance_url'],
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
    });
  });
});
