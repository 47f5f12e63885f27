import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { walkConsent } from '../browser/index.ts';
import { fingerprint } from '../faults/index.ts';
import {
  authorizationUrl,
  CALLBACK,
  callWith,
  connect,
  obtainCode,
  type TestClient,
  tokenCall,
  type WireTokens,
} from '../test_client.mock.ts';
import { type GoogleEmulator, startGoogle } from './index.ts';

const DRIVE_SCOPE = 'https://www.googleapis.com/auth/drive.readonly';

let google: GoogleEmulator;
let client: TestClient;

beforeAll(async () => {
  google = await startGoogle({ port: 0 });
  client = {
    authorizationEndpoint: google.authorizationEndpoint,
    tokenEndpoint: google.tokenEndpoint,
    clientId: google.client.clientId,
    clientSecret: google.client.clientSecret,
    scope: DRIVE_SCOPE,
    extra: { access_type: 'offline', prompt: 'consent' },
  };
});
afterAll(() => google.stop());
beforeEach(() => {
  google.clearRequests();
  google.clearFaults();
  google.settings.accessTokenLifetimeSeconds = 3600;
});

const files = (accessToken: string, query: Record<string, string> = {}) =>
  callWith(`${google.origin}/drive/v3/files?${new URLSearchParams(query)}`, accessToken);

async function names(accessToken: string, query: Record<string, string> = {}): Promise<string[]> {
  const response = await files(accessToken, query);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { files: { name: string }[] };
  return body.files.map((file) => file.name);
}

const refresh = (refreshToken: string | undefined) =>
  tokenCall(client, { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });

describe('the Google emulator', () => {
  it('shows each user only their own files', async () => {
    const [ana, ben] = await Promise.all([connect(client, 'ana'), connect(client, 'ben')]);
    const anas = await names(ana.access_token);
    const bens = await names(ben.access_token);
    expect(anas).toContain('Quarterly plan');
    expect(bens).toContain('Travel notes');
    expect(anas.filter((name) => bens.includes(name))).toEqual([]);
    const foreign = await callWith(
      `${google.origin}/drive/v3/files/ben-travel-notes`,
      ana.access_token,
    );
    expect(foreign.status).toBe(404);
  });

  it('refreshes after access tokens were invalidated, without a new refresh token', async () => {
    const tokens = await connect(client, 'ana');
    expect(google.expireAccessTokens({ account: 'ana' })).toBeGreaterThan(0);
    const refused = await files(tokens.access_token);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      error: { code: 401, status: 'UNAUTHENTICATED', errors: [{ reason: 'authError' }] },
    });
    const next = (await (await refresh(tokens.refresh_token)).json()) as WireTokens;
    expect(next).not.toHaveProperty('refresh_token');
    expect((await files(next.access_token)).status).toBe(200);
    expect((await files(tokens.access_token)).status).toBe(401);
  });

  it('keeps the tokens of other users when one user’s access tokens are invalidated', async () => {
    const [ana, ben] = await Promise.all([connect(client, 'ana'), connect(client, 'ben')]);
    google.expireAccessTokens({ account: 'ana' });
    expect((await files(ana.access_token)).status).toBe(401);
    expect((await files(ben.access_token)).status).toBe(200);
  });

  it('invalidates a single access token before its expiry', async () => {
    const tokens = await connect(client, 'ana');
    const second = (await (await refresh(tokens.refresh_token)).json()) as WireTokens;
    expect(google.rejectAccessToken(fingerprint(tokens.access_token))).toBe(true);
    expect((await files(tokens.access_token)).status).toBe(401);
    expect((await files(second.access_token)).status).toBe(200);
  });

  it.each(['access_token', 'refresh_token'] as const)(
    'ends the whole grant when its %s is revoked',
    async (which) => {
      const tokens = await connect(client, 'ben');
      const revoked = await fetch(google.revocationEndpoint, {
        method: 'POST',
        body: new URLSearchParams({ token: String(tokens[which]) }),
      });
      expect(revoked.status).toBe(200);
      expect((await files(tokens.access_token)).status).toBe(401);
      const response = await refresh(tokens.refresh_token);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
    },
  );

  it('responds with invalid_token when an unknown token is revoked', async () => {
    const body = new URLSearchParams({ token: 'unknown' });
    const response = await fetch(google.revocationEndpoint, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_token' });
  });

  it('redirects the user with access_denied when they cancel', async () => {
    const url = authorizationUrl(client, 'a'.repeat(43));
    const callback = await walkConsent(url, { as: 'ana', deny: true, stopAtOrigin: CALLBACK });
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('state')).toBe('state-1');
    expect(callback.searchParams.has('code')).toBe(false);
  });

  it('issues a refresh token only to offline apps, and again only after new consent', async () => {
    const scope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
    const quiet: TestClient = { ...client, scope, extra: { access_type: 'offline' } };
    expect(await connect({ ...quiet, extra: {} }, 'ana')).not.toHaveProperty('refresh_token');
    expect(await connect(quiet, 'ana')).not.toHaveProperty('refresh_token');
    expect(await connect({ ...client, scope }, 'ana')).toHaveProperty('refresh_token');
  });

  it('issues an ID token only when openid was requested', async () => {
    const scope = `openid email ${DRIVE_SCOPE}`;
    expect(await connect(client, 'ana')).not.toHaveProperty('id_token');
    const { id_token: idToken } = await connect({ ...client, scope }, 'ana');
    const payload = JSON.parse(
      Buffer.from(String(idToken).split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(payload).toMatchObject({ email: 'ana@example.com', iss: 'https://accounts.google.com' });
  });
});

describe('the check of requests in the Google emulator', () => {
  const spend = async (over: Record<string, string>, client_ = client) => {
    const { code, verifier } = await obtainCode(client_, 'ana');
    return tokenCall(client_, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      ...over,
    });
  };

  it.each([
    ['another redirect URI', { redirect_uri: `${CALLBACK}/` }, 400, 'redirect_uri_mismatch'],
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }, 400, 'invalid_grant'],
    ['an unknown code', { code: 'unknown' }, 400, 'invalid_grant'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['an unknown grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_case, over, status, error) => {
    const response = await spend(over);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  it('accepts a code only once', async () => {
    const { code, verifier } = await obtainCode(client, 'ana');
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    };
    expect((await tokenCall(client, fields)).status).toBe(200);
    expect((await tokenCall(client, fields)).status).toBe(400);
  });

  it('accepts the secret by HTTP Basic', async () => {
    const tokens = await connect(client, 'ana');
    const response = await fetch(google.tokenEndpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token ?? '',
      }),
    });
    expect(response.status).toBe(200);
  });

  it.each([
    ['no challenge', { code_challenge: '' }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['an unknown app', { client_id: 'nobody' }],
    ['a foreign redirect URI', { redirect_uri: 'https://attacker.example/cb' }],
    ['the implicit flow', { response_type: 'token' }],
  ])('shows a page instead of redirecting the user for %s', async (_case, over) => {
    const url = authorizationUrl(client, 'a'.repeat(43), over);
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it('ignores changes to the app and the redirect URI in the account form', async () => {
    const url = authorizationUrl(client, 'a'.repeat(43));
    const html = await (await fetch(url)).text();
    const state = /name="state" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const forged = await fetch(`${google.origin}/o/oauth2/v2/auth/callback`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        state,
        email: 'ana@example.com',
        redirect_uri: 'https://attacker.example/cb',
        client_id: 'nobody',
      }),
    });
    expect(forged.status).toBe(200);
    const decided = await fetch(`${google.origin}/o/oauth2/v2/auth/consent`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ transaction: state, decision: 'allow' }),
    });
    expect(decided.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9\//);
  });

  it('refuses Drive to a token without a Drive scope', async () => {
    const tokens = await connect({ ...client, scope: 'openid email' }, 'ana');
    expect((await files(tokens.access_token)).status).toBe(403);
  });
});
