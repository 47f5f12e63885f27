import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WalkError, walkConsent } from '../browser/index.ts';
import { type DevProviders, startDevProviders } from '../start_dev_providers.ts';
import { aPkcePair, CALLBACK, callWith, type WireTokens } from '../test_client.mock.ts';
import type { UserId } from '../users.ts';

const SCOPE = 'https://www.googleapis.com/auth/drive.readonly';
const anyPort = { port: 0 };

let providers: DevProviders;

beforeAll(async () => {
  providers = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
});
afterAll(() => providers.stop());
beforeEach(() => {
  for (const emulator of [providers.google, providers.ears, providers.strict]) {
    emulator.clearRequests();
    emulator.clearFaults();
  }
  providers.ears.settings.omitsExpiresIn = false;
});

function authorizeUrl(challenge: string, over: Record<string, string> = {}): string {
  const { provider = 'google', ...rest } = over;
  const url = new URL(`${providers.ears.origin}/v1/${provider}/oauth/authorize`);
  const parameters = {
    callback_uri: CALLBACK,
    state: 'state-1',
    scope: SCOPE,
    pkce_challenge: challenge,
    pkce_method: 'S256',
    ...rest,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '') url.searchParams.set(name, value);
  }
  return url.toString();
}

const post = (operation: string, body: unknown, provider = 'google') =>
  fetch(`${providers.ears.origin}/v1/${provider}/oauth/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function obtain(as: UserId, over: Record<string, string> = {}) {
  const { verifier, challenge } = aPkcePair();
  const url = authorizeUrl(challenge, over);
  const callback = await walkConsent(url, { as, stopAtOrigin: CALLBACK });
  return { callback, body: { code: callback.searchParams.get('code'), pkce_verifier: verifier } };
}

async function connect(as: UserId): Promise<WireTokens> {
  const response = await post('token', (await obtain(as)).body);
  expect(response.status).toBe(200);
  return (await response.json()) as WireTokens;
}

const listFiles = (accessToken: string) =>
  callWith(`${providers.google.origin}/drive/v3/files`, accessToken);

describe('EARS in front of Google', () => {
  it('sends the user through Google’s pages and back to the caller, with a code and the state', async () => {
    const { callback, body } = await obtain('ana');
    expect(`${callback.origin}${callback.pathname}`).toBe(CALLBACK);
    expect(callback.searchParams.get('state')).toBe('state-1');
    const response = await post('token', body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-cloud-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys((await response.json()) as object).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'refresh_token_expires_in',
      'token_type',
    ]);
  });

  it('gives each user a token for their own files only', async () => {
    const [ana, ben] = await Promise.all([connect('ana'), connect('ben')]);
    expect(await (await listFiles(ana.access_token)).text()).not.toContain('Travel notes');
    expect(await (await listFiles(ben.access_token)).text()).toContain('Travel notes');
  });

  it('refreshes after Google has invalidated the access token, and returns the next refresh token', async () => {
    const tokens = await connect('ana');
    providers.google.expireAccessTokens({ account: 'ana' });
    expect((await listFiles(tokens.access_token)).status).toBe(401);
    const response = await post('refresh', { refresh_token: tokens.refresh_token });
    expect(response.status).toBe(200);
    const next = (await response.json()) as WireTokens;
    expect(next.refresh_token).toBe(tokens.refresh_token);
    expect((await listFiles(next.access_token)).status).toBe(200);
  });

  it.each(['access_token', 'refresh_token'])('revokes the grant at Google by %s', async (which) => {
    const tokens = await connect('ben');
    expect((await post('revoke', { token: tokens[which] })).status).toBe(200);
    expect((await listFiles(tokens.access_token)).status).toBe(401);
    const refused = await post('refresh', { refresh_token: tokens.refresh_token });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'invalid_grant' });
  });

  it('treats a token that Google does not know as revoked', async () => {
    expect((await post('revoke', { token: 'unknown' })).status).toBe(200);
  });

  it('tells the caller that the user refused', async () => {
    const url = authorizeUrl(aPkcePair().challenge);
    const callback = await walkConsent(url, { as: 'ana', deny: true, stopAtOrigin: CALLBACK });
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('state')).toBe('state-1');
  });

  it('omits expires_in when this is configured', async () => {
    providers.ears.settings.omitsExpiresIn = true;
    expect(await connect('ana')).not.toHaveProperty('expires_in');
  });

  it.each(['microsoft', 'slack'])('has an app at %s', async (provider) => {
    const { body } = await obtain('ben', { provider, scope: 'openid files.read' });
    const tokens = (await (await post('token', body, provider)).json()) as WireTokens;
    const response = await callWith(`${providers.strict.origin}/api/whoami`, tokens.access_token);
    expect(await response.json()).toMatchObject({ account: 'ben@example.com' });
    const next = await post('refresh', { refresh_token: tokens.refresh_token }, provider);
    const rotated = (await next.json()) as WireTokens;
    expect(rotated.refresh_token).not.toBe(tokens.refresh_token);
  });
});

describe('the check of requests in the EARS emulator', () => {
  it('accepts a code only once', async () => {
    const { body } = await obtain('ana');
    expect((await post('token', body)).status).toBe(200);
    const again = await post('token', body);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ code: 'invalid_grant' });
  });

  it('checks the PKCE verifier before it calls Google', async () => {
    const { body } = await obtain('ana');
    const response = await post('token', { ...body, pkce_verifier: 'x'.repeat(43) });
    expect(response.status).toBe(400);
    expect(providers.google.counts()['token']).toBeUndefined();
  });

  it('refuses a code that belongs to another provider', async () => {
    const { body } = await obtain('ana');
    expect((await post('token', body, 'slack')).status).toBe(400);
  });

  it.each([
    ['no state', { state: '' }, 400, 'invalid_request'],
    ['no challenge', { pkce_challenge: '' }, 400, 'invalid_request'],
    ['a plain challenge', { pkce_method: 'plain' }, 400, 'invalid_request'],
    [
      'a foreign callback',
      { callback_uri: 'https://evil.example/cb' },
      400,
      'callback_not_allowed',
    ],
    ['an unknown provider', { provider: 'dropbox' }, 404, 'unknown_provider'],
  ])('refuses to start with %s', async (_case, over, status, code) => {
    const response = await fetch(authorizeUrl(aPkcePair().challenge, over), { redirect: 'manual' });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-cloud-request-id')).toMatch(/./);
    expect(await response.json()).toMatchObject({ code });
  });

  it.each([
    ['token', {}],
    ['token', { code: 'a' }],
    ['refresh', { refresh_token: '' }],
    ['revoke', []],
  ])('responds with 400 to a malformed %s request', async (operation, body) => {
    const response = await post(operation, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
  });

  it('responds with 404 outside its protocol', async () => {
    expect((await post('introspect', {})).status).toBe(404);
    expect((await fetch(`${providers.ears.origin}/v2/google/oauth/token`)).status).toBe(404);
  });

  it.each([
    ['fails', { kind: 'status', status: 503 }, 503, 'provider_unavailable'],
    ['limits requests', { kind: 'status', status: 429, retryAfterSeconds: 7 }, 429, 'rate_limited'],
    ['hangs up', { kind: 'drop' }, 503, 'provider_unavailable'],
    [
      'refuses the app',
      { kind: 'oauth_error', error: 'invalid_client' },
      502,
      'provider_rejected_client',
    ],
    ['sends a malformed response', { kind: 'malformed' }, 503, 'provider_unavailable'],
  ] as const)(
    'returns the matching error when the provider %s',
    async (_case, fault, status, code) => {
      const tokens = await connect('ana');
      providers.google.failNext({ endpoint: 'token', fault });
      const response = await post('refresh', { refresh_token: tokens.refresh_token });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code });
      if (status === 429) expect(response.headers.get('retry-after')).toBe('7');
      const retry = await post('refresh', { refresh_token: tokens.refresh_token });
      expect(retry.status).toBe(200);
    },
  );

  it('refuses to continue an authorization that was finished', async () => {
    const { callback } = await obtain('ana');
    const used = new URL(`${providers.ears.origin}/v1/google/oauth/callback?code=a&state=b`);
    expect(callback.origin).not.toBe(used.origin);
    const walk = walkConsent(used.toString(), { as: 'ana', stopAtOrigin: CALLBACK });
    await expect(walk).rejects.toThrow(WalkError);
  });
});
