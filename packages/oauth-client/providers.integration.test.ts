import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import {
  classifyApiResponse,
  definitionOfData,
  type ProviderData,
  type ProviderEntry,
  providerDataSchema,
  providers,
  readWait,
  resolveHeader,
  resolveProvider,
  tokenHeader,
} from '@latchkey/oauth-providers';
import { sampleConfigOf } from '@latchkey/oauth-providers/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchAccount } from './account.ts';
import { createPkcePair, createState } from './authorization_request.ts';
import { clientProviderOf, type StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { madeUpProviders } from './made_up_providers.mock.ts';
import type { ProtocolIo } from './protocol_io.ts';
import type { TokenGrant } from './token_response.ts';

const REDIRECT_URI = 'https://latchkey.example/cb';
const NOW = new Date('2030-01-01T00:00:00Z');
const all = [...Object.values<ProviderEntry>(providers), ...madeUpProviders].map(
  (entry) => [entry.name, resolveProvider(entry, sampleConfigOf(entry))] as const,
);
/**
 * Each provider is tested with its provider definition, and with the data that an administrator can
 * enter when there is none.
 */
const FORMS = [
  ['its entry', clientOf],
  ['the settings of a connector', enteredClientOf],
] as const;
const cases = all.flatMap(([name, entry]) =>
  FORMS.map(([form, create]) => [name, form, entry, create] as const),
);
const randomBytes = (length: number) => new Uint8Array(length).fill(7);

let server: QuirkServer;
let now: Date;
const io: ProtocolIo = {
  now: () => now,
  // The test server stands for all hosts of the provider.
  fetch: (url, init) => fetch(server.addressOf(url), { ...init, redirect: 'manual' }),
};

afterEach(() => server.stop());

/** A client as the server builds it for a connector of the provider. */
function clientOf(entry: ProviderEntry, over: Partial<StandardClient> = {}): StandardClient {
  const { refreshToken, account } = entry;
  const [method = 'client_secret_basic'] = entry.token.clientAuthentication;
  return {
    dialect: 'standard',
    authorizationEndpoint: entry.authorize.url,
    tokenEndpoint: entry.token.url,
    revocationEndpoint: entry.revocation?.url,
    clientId: server.client.id,
    clientSecret: server.client.secret,
    tokenEndpointAuthMethod: method,
    issuer: entry.issuer,
    scope: ['read', 'write', refreshToken?.needsScope ?? []].flat().join(' '),
    ...(account === undefined || account.from === 'id_token'
      ? {}
      : { accountIdPath: account.idPath, accountLabelPath: account.labelPath }),
    ...(account?.from === 'request'
      ? { userinfoEndpoint: account.url, userinfoRequestJson: account.json }
      : {}),
    provider: clientProviderOf(entry),
    ...over,
  };
}

/**
 * The JSON that an administrator would enter for this provider if it had no provider definition.
 */
function dataOf(entry: ProviderEntry): ProviderData {
  const { authorize, token, response, accessToken, grantFacts, failures, revocation, lifetime } =
    entry;
  const { url: _, ...ofRevocation } = revocation ?? {};
  return providerDataSchema.parse({
    authorize: {
      scope: {
        isSupported: authorize.scope.isSupported,
        separator: authorize.scope.separator,
      },
    },
    token: {
      format: token.format,
      fields: token.fields,
      headers: token.headers,
      basicEncoding: token.basicEncoding,
      ...(token.refreshUrl === undefined ? {} : { refreshUrl: token.refreshUrl }),
    },
    response: { scopesPath: response.scopesPath, expiresAt: response.expiresAt },
    accessToken,
    grantFacts,
    lifetime: { defaultSeconds: lifetime.defaultSeconds },
    revocation: revocation && ofRevocation,
    failures: { errorPaths: failures.errorPaths, rules: failures.rules },
    api: { headers: entry.api.headers, tokenRejected: entry.api.tokenRejected },
  });
}

/** A client as the server builds it for a connector whose administrator entered all facts. */
function enteredClientOf(entry: ProviderEntry, over: Partial<StandardClient> = {}): StandardClient {
  const { authorize, token, response, revocation } = entry;
  const url = new URL(authorize.url);
  for (const [name, value] of Object.entries(authorize.parameters))
    url.searchParams.set(name, value);
  const endpoints = {
    authorizationUrl: url.href,
    tokenUrl: token.url,
    revocationUrl: revocation?.url,
  };
  const { accessTokenPath, tokenTypePath, tokenType } = response;
  return clientOf(entry, {
    authorizationEndpoint: url.href,
    scopeParamName: authorize.scope.parameter,
    accessTokenPath,
    tokenTypePath,
    tokenType,
    provider: clientProviderOf(definitionOfData(dataOf(entry), endpoints)),
    ...over,
  });
}

async function authorizationResponse(
  client: StandardClient,
  request: { readonly params: Record<string, string>; readonly account?: string },
): Promise<{ readonly response: URLSearchParams; readonly codeVerifier: string }> {
  const { codeVerifier, codeChallenge } = await createPkcePair(randomBytes);
  const url = new URL(
    dialectOf(client).authorizationUrl({
      redirectUri: REDIRECT_URI,
      state: createState(randomBytes),
      codeChallenge,
      providerParams: request.params,
    }),
  );
  url.searchParams.set('login_hint', request.account ?? 'ana');
  const { headers } = await fetch(server.addressOf(url.href), { redirect: 'manual' });
  return { response: new URL(headers.get('location') ?? '').searchParams, codeVerifier };
}

async function connect(client: StandardClient, entry: ProviderEntry, account = 'ana') {
  const { response, codeVerifier } = await authorizationResponse(client, {
    // An administrator writes parameters into the authorization URL.
    params: entry.authorize.parameters,
    account,
  });
  dialectOf(client).checkIssuer(response.get('iss') ?? undefined);
  const code = response.get('code') ?? '';
  return dialectOf(client).exchange({ code, codeVerifier, redirectUri: REDIRECT_URI }, io);
}

/** Headers of API requests, with the value that the test server has for every text. */
const apiHeaders = ({ api, grantFacts }: ProviderEntry): Record<string, string> => {
  const facts = Object.fromEntries(grantFacts.map(({ name }) => [name, 'acme']));
  const headers = Object.entries(api.headers);
  return Object.fromEntries(
    headers.map(([name, value]) => [name, resolveHeader(value, facts) ?? '']),
  );
};

async function callApi(entry: ProviderEntry, { tokenType, accessToken }: TokenGrant) {
  const { account } = entry;
  const isGet = account?.from === 'request' && account.json === undefined;
  const accountUrl = isGet ? account.url : undefined;
  const isOfFacts = entry.grantFacts.some(({ url }) => url === accountUrl);
  const address = new URL(server.addressOf(accountUrl ?? entry.token.url));
  if (accountUrl === undefined || isOfFacts) address.pathname = '/any/api/call';
  const { name, value } = tokenHeader(entry.accessToken, `${tokenType} ${accessToken}`);
  const response = await fetch(address, { headers: { ...apiHeaders(entry), [name]: value } });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.json(),
  };
}

describe.each(cases)('the provider %s by %s', (_name, _form, entry, createClient) => {
  let client: StandardClient;

  beforeEach(async () => {
    now = NOW;
    server = await startQuirkServer({ entry, now: () => now });
    client = createClient(entry);
  });

  it('authorizes two users, and names their accounts', async () => {
    for (const user of ['ana', 'ben']) {
      const grant = await connect(client, entry, user);
      expect(grant.tokenType).toBe(entry.response.tokenType ?? 'Bearer');
      const account = grant.account ?? (await fetchAccount(client, grant, io));
      if (entry.account !== undefined && entry.account.from !== 'id_token')
        expect(account?.id).toBe(`id-of-${user}@example.com`);
      if (entry.authorize.scope.isSupported) expect(grant.scopes).toContain('write');
      const response = await callApi(entry, grant);
      expect(response.body).toMatchObject({ account: `${user}@example.com` });
    }
  });

  it('refreshes, and rejects a used refresh token after the grace period of the provider', async () => {
    const first = await connect(client, entry);
    const { rotation, graceSeconds } = entry.refreshToken ?? {};
    if (rotation === undefined) {
      expect(first.refreshToken).toBeUndefined();
      return;
    }
    const { refreshToken = '' } = first;
    server.expireAccessTokens();
    const second = await dialectOf(client).refresh(refreshToken, io);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect((await callApi(entry, second)).status).toBe(200);
    expect(second.refreshToken === undefined).toBe(rotation === 'none');
    if (graceSeconds !== undefined) {
      await dialectOf(client).refresh(refreshToken, io);
      now = new Date(now.getTime() + graceSeconds * 1000);
    }
    const reuse = dialectOf(client).refresh(refreshToken, io);
    if (rotation !== 'single_use') {
      await expect(reuse).resolves.toMatchObject({ tokenType: first.tokenType });
      return;
    }
    await expect(reuse).rejects.toMatchObject({ code: 'invalid_grant', kind: 'reauthorize' });
    expect(server.liveGrants()).toBe(entry.refreshToken?.reuseEndsGrant === true ? 0 : 1);
  });

  it('revokes tokens', async () => {
    const grant = await connect(client, entry);
    const dialect = dialectOf(client);
    const isByToken = entry.revocation?.ends === 'token' || grant.refreshToken === undefined;
    // The endpoint may accept access tokens only, and the stored one may have expired.
    if (!isByToken) server.expireAccessTokens();
    const outcome = await dialect.revoke(
      isByToken
        ? { token: grant.accessToken, hint: 'access_token' }
        : { token: grant.refreshToken ?? '', hint: 'refresh_token' },
      io,
    );
    if (entry.revocation === undefined) {
      expect(outcome).toBe('unsupported');
      return;
    }
    expect(outcome).toBe('revoked');
    if (entry.revocation.ends !== 'token') expect(server.liveGrants()).toBe(0);
    // The outbox sends the access token although the refresh token has already ended the grant.
    const { accessToken } = grant;
    const second = await dialect.revoke({ token: accessToken, hint: 'access_token' }, io);
    const accepts = entry.revocation.tokens.includes('access_token');
    expect(second).toBe(accepts ? 'revoked' : 'unsupported');
    expect(classifyApiResponse(entry, await callApi(entry, grant))).toBe('token_rejected');
  });

  it('reports a rejected token, a rate limit and a missing permission', async () => {
    const grant = await connect(client, entry);
    const signalOf = async () => classifyApiResponse(entry, await callApi(entry, grant));
    expect(await signalOf()).toBeUndefined();
    server.signalNext('forbidden');
    expect(await signalOf()).toBe('forbidden');
    server.signalNext('rate_limited', { waitSeconds: 7 });
    const limited = await callApi(entry, grant);
    expect(classifyApiResponse(entry, limited)).toBe('rate_limited');
    const [wait] = entry.api.waits;
    const seconds = wait?.from === 'fixed' ? wait.seconds : 7;
    expect(readWait(entry, limited, now)).toBe(seconds * 1000);
    server.expireAccessTokens();
    expect(await signalOf()).toBe('token_rejected');
  });

  it('rejects a client with a wrong secret, which is not a fault of the user', async () => {
    const wrong = createClient(entry, { clientSecret: 'development-wrong' });
    await expect(connect(wrong, entry)).rejects.toMatchObject({
      code: 'invalid_client',
      kind: 'misconfigured',
    });
  });

  it('rejects a request in the form of another provider', async () => {
    const { token } = entry;
    const format = token.format === 'form' ? 'json' : 'form';
    const provider = { ...client.provider, token: { ...token, format } } as const;
    await expect(connect(createClient(entry, { provider }), entry)).rejects.toMatchObject({
      kind: 'misconfigured',
    });
  });
});
