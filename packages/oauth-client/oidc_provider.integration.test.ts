import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CookieJar } from '@latchkey/dev-providers/fake-server';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type ClientAssertion,
  createPkcePair,
  createState,
  dialectOf,
  discoverMetadata,
  type OAuthError,
  type ProtocolIo,
  requestClientCredentials,
  type ServerMetadata,
  type StandardClient,
  type TokenEndpointAuthMethod,
  type TokenGrant,
} from './index.ts';

const REDIRECT_URI = 'https://latchkey.example/api/actions/connector/_oauth_callback/key';
const SECRET = 'development-secret with+signs:and%more';
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
/** A signing key for each algorithm of an assertion. */
const KEYS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const;
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
const pemOf = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const CLIENT_KEYS = ALGORITHMS.map((alg) => ({
  ...KEYS[alg].publicKey.export({ format: 'jwk' }),
  alg,
  kid: alg,
  use: 'sig',
}));

const io: ProtocolIo = {
  fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
  now: () => new Date(),
};

let server: Server;
let metadata: ServerMetadata;

/**
 * The server is strict: it always rotates refresh tokens, ends the grant when one is reused,
 * requires S256, and sends `iss` in every response.
 */
beforeAll(async () => {
  // oidc-provider logs its development defaults to the console.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: METHODS.map((method) => ({
      client_id: `${method}.apps-1.example`,
      ...(method === 'private_key_jwt'
        ? { jwks_uri: `${issuer}/client_keys` }
        : method === 'none'
          ? {}
          : { client_secret: SECRET }),
      token_endpoint_auth_method: method,
      redirect_uris: [REDIRECT_URI],
      grant_types:
        method === 'none'
          ? ['authorization_code', 'refresh_token']
          : ['authorization_code', 'refresh_token', 'client_credentials'],
    })),
    // By default it refuses loopback addresses, where it finds the keys of the client here.
    fetch: (url) => fetch(url),
    enabledJWA: { clientAuthSigningAlgValues: [...ALGORITHMS] },
    claims: { email: ['email'], openid: ['sub'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['development-cookie-key'] },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
    },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: 'ada@example.com' }),
    }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: () => true,
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session?.accountId ?? '',
        clientId: ctx.oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, Grant: 3600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => {
    if (request.url === '/client_keys') {
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify({ keys: CLIENT_KEYS }));
    }
    if (request.url?.startsWith('/interaction/') !== true) return void handle(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
  });
  metadata = await discoverMetadata(issuer, io);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const aClient = (method: TokenEndpointAuthMethod): StandardClient => ({
  dialect: 'standard',
  ...metadata,
  clientId: `${method}.apps-1.example`,
  clientSecret: method === 'none' || method === 'private_key_jwt' ? undefined : SECRET,
  ...(method === 'private_key_jwt'
    ? { clientAssertion: { privateKey: pemOf(KEYS.ES256.privateKey), keyId: 'ES256' } }
    : {}),
  tokenEndpointAuthMethod: method,
  scope: 'openid email',
});

/** A client that signs its assertions with the key of the algorithm. */
const withAssertion = (
  over: Partial<ClientAssertion> & { readonly algorithm: (typeof ALGORITHMS)[number] },
): StandardClient => ({
  ...aClient('private_key_jwt'),
  scope: undefined,
  clientAssertion: {
    privateKey: pemOf(KEYS[over.algorithm].privateKey),
    keyId: over.algorithm,
    ...over,
  },
});

/** Follows redirects with cookies, as a browser does, up to the redirect URI. */
async function browse(url: string): Promise<URL> {
  const cookies = new CookieJar();
  let at = new URL(url);
  for (let hop = 0; hop < 10 && !at.href.startsWith(REDIRECT_URI); hop += 1) {
    const cookie = cookies.headerFor(at) ?? '';
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    cookies.store(at, response.headers.getSetCookie());
    at = new URL(response.headers.get('location') ?? '', at);
  }
  return at;
}

async function authorize(client: StandardClient): Promise<{
  readonly code: string;
  readonly codeVerifier: string;
}> {
  const { codeVerifier, codeChallenge } = await createPkcePair(randomBytes);
  const state = createState(randomBytes);
  const dialect = dialectOf(client);
  const { searchParams } = await browse(
    dialect.authorizationUrl({ redirectUri: REDIRECT_URI, state, codeChallenge }),
  );
  const code = searchParams.get('code');
  if (code === null) throw new Error(`no code but ${searchParams.get('error')}`);
  expect(searchParams.get('state')).toBe(state);
  const iss = searchParams.get('iss') ?? undefined;
  expect(iss).toBe(metadata.issuer);
  dialect.checkIssuer(iss);
  return { code, codeVerifier };
}

async function connect(client: StandardClient): Promise<TokenGrant> {
  const { code, codeVerifier } = await authorize(client);
  return dialectOf(client).exchange({ code, codeVerifier, redirectUri: REDIRECT_URI }, io);
}

const refreshTokenOf = (grant: TokenGrant): string => {
  if (grant.refreshToken === undefined) throw new Error('expected a refresh token');
  return grant.refreshToken;
};

describe('the client at a strict authorization server', () => {
  it.each(METHODS)(
    'exchanges a code and refreshes with client authentication %s',
    async (method) => {
      const client = aClient(method);
      const grant = await connect(client);
      expect(grant).toMatchObject({
        tokenType: 'Bearer',
        lifetimeSeconds: 600,
        scopes: ['openid', 'email'],
        account: { id: 'ada', label: 'ada@example.com' },
      });
      const refreshed = await dialectOf(client).refresh(refreshTokenOf(grant), io);
      expect(refreshed.accessToken).not.toBe(grant.accessToken);
      expect(refreshed.refreshToken).not.toBe(grant.refreshToken);
    },
  );

  it('G109: stays connected after five rotations with reuse detection', async () => {
    const client = aClient('client_secret_basic');
    const seen = new Set<string>();
    let grant = await connect(client);
    for (let cycle = 0; cycle < 5; cycle += 1) {
      seen.add(refreshTokenOf(grant));
      grant = await dialectOf(client).refresh(refreshTokenOf(grant), io);
    }
    seen.add(refreshTokenOf(grant));
    expect(seen.size).toBe(6);
  });

  it('asks the user to authorize after reuse of a spent refresh token, which ends the grant', async () => {
    const client = aClient('client_secret_basic');
    const first = await connect(client);
    const second = await dialectOf(client).refresh(refreshTokenOf(first), io);
    for (const token of [refreshTokenOf(first), refreshTokenOf(second)]) {
      await expect(dialectOf(client).refresh(token, io)).rejects.toMatchObject({
        code: 'invalid_grant',
        kind: 'reauthorize',
        responseLost: false,
      });
    }
  });

  it.each(METHODS)(
    'H110: revokes the refresh token, then the access token, with the client authentication %s',
    async (method) => {
      const client = aClient(method);
      const grant = await connect(client);
      const refreshToken = refreshTokenOf(grant);
      expect(
        await dialectOf(client).revoke({ token: refreshToken, hint: 'refresh_token' }, io),
      ).toBe('revoked');
      expect(
        await dialectOf(client).revoke({ token: grant.accessToken, hint: 'access_token' }, io),
      ).toBe('revoked');
      await expect(dialectOf(client).refresh(refreshToken, io)).rejects.toMatchObject({
        code: 'invalid_grant',
      });
    },
  );

  it('H112: returns revoked for a token that the server does not know', async () => {
    const client = aClient('client_secret_basic');
    expect(
      await dialectOf(client).revoke({ token: 'never-issued', hint: 'refresh_token' }, io),
    ).toBe('revoked');
  });

  it('A13: cannot exchange a code with the verifier of another authorization', async () => {
    const client = aClient('client_secret_basic');
    const { code } = await authorize(client);
    const { codeVerifier } = await createPkcePair(randomBytes);
    await expect(
      dialectOf(client).exchange({ code, codeVerifier, redirectUri: REDIRECT_URI }, io),
    ).rejects.toMatchObject({ code: 'invalid_grant', kind: 'reauthorize' });
  });

  it('A23: cannot exchange a code with a different redirect URI than that of the request', async () => {
    const client = aClient('client_secret_basic');
    const { code, codeVerifier } = await authorize(client);
    await expect(
      dialectOf(client).exchange({ code, codeVerifier, redirectUri: `${REDIRECT_URI}/` }, io),
    ).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('G92: reports a wrong client secret as misconfigured', async () => {
    const client = { ...aClient('client_secret_basic'), clientSecret: 'development-wrong' };
    const failure: OAuthError = await dialectOf(client)
      .refresh('any', io)
      .then(
        () => Promise.reject(new Error('the refresh should have failed')),
        (error) => error,
      );
    expect(failure).toMatchObject({ code: 'invalid_client', kind: 'misconfigured', status: 401 });
    expect(failure.message).not.toContain('development-wrong');
  });

  it.each(ALGORITHMS)(
    'gets a token for the client itself with an assertion signed by %s',
    async (algorithm) => {
      const grant = await requestClientCredentials(withAssertion({ algorithm }), io);
      expect(grant).toMatchObject({ tokenType: 'Bearer' });
    },
  );

  it.each([
    ['the key of another client', { privateKey: pemOf(generateKeyPairSync('ed25519').privateKey) }],
    ['another issuer', { issuer: 'client-2' }],
  ])('reports an assertion with %s as misconfigured', async (_, over) => {
    await expect(
      requestClientCredentials(withAssertion({ algorithm: 'EdDSA', ...over }), io),
    ).rejects.toMatchObject({ code: 'invalid_client', kind: 'misconfigured' });
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'gets a token for the client itself with %s',
    async (method) => {
      const grant = await requestClientCredentials({ ...aClient(method), scope: undefined }, io);
      expect(grant).toMatchObject({ tokenType: 'Bearer', refreshToken: undefined });
    },
  );

  it('A18: requires iss in every response when the metadata promises it', () => {
    expect(metadata.issuerRequiredInResponse).toBe(true);
    expect(() => dialectOf(aClient('none')).checkIssuer(undefined)).toThrow(
      expect.objectContaining({ code: 'issuer_missing' }),
    );
  });

  it('A19: rejects metadata of a different issuer than the configured one', async () => {
    await expect(
      discoverMetadata(metadata.issuer.replace('127.0.0.1', 'localhost'), io),
    ).rejects.toMatchObject({ code: 'issuer_mismatch', kind: 'misconfigured' });
  });
});
