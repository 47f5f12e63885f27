import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CookieJar, walkConsent } from '../browser/index.ts';
import { fingerprint } from '../faults/index.ts';
import {
  aPkcePair,
  authorizationUrl,
  CALLBACK,
  callWith,
  connect,
  obtainCode,
  type TestClient,
  tokenCall,
  type WireTokens,
} from '../test_client.mock.ts';
import { type FakeOAuthServer, startStrict } from './index.ts';

let strict: FakeOAuthServer;
let client: TestClient;

beforeAll(async () => {
  strict = await startStrict({ port: 0 });
  client = {
    authorizationEndpoint: strict.authorizationEndpoint,
    tokenEndpoint: strict.tokenEndpoint,
    clientId: strict.clients.post.clientId,
    clientSecret: strict.clients.post.clientSecret,
    scope: 'openid files.read',
  };
});
afterAll(() => strict.stop());
beforeEach(() => {
  strict.clearRequests();
  strict.settings.accessTokenTtlSeconds = 3600;
});

const whoami = (accessToken: string) => callWith(`${strict.origin}/api/whoami`, accessToken);

const refresh = (refreshToken: string | undefined) =>
  tokenCall(client, { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });

const rotate = async (refreshToken: string | undefined): Promise<WireTokens> => {
  const response = await refresh(refreshToken);
  expect(response.status).toBe(200);
  return (await response.json()) as WireTokens;
};

describe('the strict server', () => {
  it('returns data of the user who authorized', async () => {
    const [ana, ben] = await Promise.all([connect(client, 'ana'), connect(client, 'ben')]);
    expect(await (await whoami(ana.access_token)).json()).toMatchObject({
      account: 'ana@example.com',
      clientId: client.clientId,
    });
    const files = await callWith(`${strict.origin}/api/files?q=plan`, ben.access_token);
    expect(await files.json()).toEqual({
      owner: 'ben@example.com',
      files: [{ name: 'ben-plan.md' }],
    });
  });

  it('contains its issuer in the authorization response (RFC 9207)', async () => {
    const { callback } = await obtainCode(client, 'ana');
    expect(callback.searchParams.get('iss')).toBe(strict.origin);
    expect(callback.searchParams.get('state')).toBe('state-1');
  });

  it('rotates the refresh token at every use', async () => {
    const first = await connect(client, 'ana');
    const second = await rotate(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const third = await rotate(second.refresh_token);
    expect((await whoami(third.access_token)).status).toBe(200);
    expect(strict.isGrantAlive('ana', client.clientId)).toBe(true);
  });

  it('ends the grant and its access tokens when a used refresh token is presented', async () => {
    const first = await connect(client, 'ben');
    const second = await rotate(first.refresh_token);
    const reused = await refresh(first.refresh_token);
    expect(reused.status).toBe(400);
    expect(await reused.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(second.refresh_token)).status).toBe(400);
    expect((await whoami(second.access_token)).status).toBe(401);
    const outcomes = strict.tokenRequests({ grantType: 'refresh_token' });
    expect(outcomes.map((record) => record.error)).toEqual([
      undefined,
      'invalid_grant',
      'invalid_grant',
    ]);
    expect(outcomes[1]).toMatchObject({
      account: 'ben@example.com',
      tokenHash: fingerprint(first.refresh_token ?? ''),
    });
  });

  it('ends the grant when one refresh token is used twice at the same time', async () => {
    strict.revokeGrant('ana');
    const { refresh_token: token } = await connect(client, 'ana');
    const responses = await Promise.all([refresh(token), refresh(token), refresh(token)]);
    const successes = responses.filter((response) => response.status === 200);
    expect(successes.length).toBeLessThanOrEqual(1);
    for (const response of successes) {
      const { access_token: accessToken } = (await response.json()) as WireTokens;
      expect((await whoami(accessToken)).status).toBe(401);
    }
    expect(strict.isGrantAlive('ana', client.clientId)).toBe(false);
  });

  it('invalidates access tokens of one user and keeps the grant', async () => {
    const [ana, ben] = await Promise.all([connect(client, 'ana'), connect(client, 'ben')]);
    expect(strict.expireAccessTokens('ana')).toBeGreaterThan(0);
    expect((await whoami(ana.access_token)).status).toBe(401);
    expect((await whoami(ben.access_token)).status).toBe(200);
    const next = await rotate(ana.refresh_token);
    expect((await whoami(next.access_token)).status).toBe(200);
    expect(strict.expireAccessTokens('ana', strict.clients.basic.clientId)).toBe(0);
    expect((await whoami(next.access_token)).status).toBe(200);
  });

  it('invalidates a single access token before its expiry', async () => {
    const first = await connect(client, 'ana');
    const second = await rotate(first.refresh_token);
    expect(strict.rejectAccessToken(fingerprint(first.access_token))).toBe(true);
    expect((await whoami(first.access_token)).status).toBe(401);
    expect((await whoami(second.access_token)).status).toBe(200);
  });

  it('reports the configured lifetime', async () => {
    strict.settings.accessTokenTtlSeconds = 7;
    expect((await connect(client, 'ana')).expires_in).toBe(7);
  });

  it('ends the grant when its refresh token is revoked (RFC 7009)', async () => {
    const tokens = await connect(client, 'ben');
    const response = await fetch(strict.revocationEndpoint, {
      method: 'POST',
      body: new URLSearchParams({
        token: tokens.refresh_token ?? '',
        client_id: client.clientId,
        client_secret: client.clientSecret,
      }),
    });
    expect(response.status).toBe(200);
    expect((await whoami(tokens.access_token)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    expect(strict.requests({ endpoint: 'revoke' })).toMatchObject([
      { tokenHash: fingerprint(tokens.refresh_token ?? ''), status: 200 },
    ]);
  });

  it('redirects the user with access_denied when they cancel', async () => {
    const url = authorizationUrl(client, aPkcePair().challenge);
    const callback = await walkConsent(url, { as: 'ana', deny: true, stopAtOrigin: CALLBACK });
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  it('keeps the user signed in for a browser that kept its cookies', async () => {
    const cookieJar = new CookieJar();
    const walk = () =>
      walkConsent(authorizationUrl(client, aPkcePair().challenge), {
        as: 'ben',
        cookieJar,
        stopAtOrigin: CALLBACK,
      });
    await walk();
    strict.clearRequests();
    expect((await walk()).searchParams.get('code')).toMatch(/./);
    expect(strict.counts()['interaction']).toBeUndefined();
  });

  it('requires PKCE of every client', async () => {
    const url = authorizationUrl(client, '', { code_challenge: '', code_challenge_method: '' });
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  it.each(['basic', 'public'] as const)('authenticates the %s client', async (kind) => {
    const { clientId, clientSecret } = strict.clients[kind];
    const mine: TestClient = { ...client, clientId, clientSecret: clientSecret ?? '' };
    const { code, verifier } = await obtainCode(mine, 'ana');
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const response = await fetch(strict.tokenEndpoint, {
      method: 'POST',
      headers: kind === 'basic' ? { authorization: `Basic ${basic}` } : {},
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
        ...(kind === 'public' ? { client_id: clientId } : {}),
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty('refresh_token');
  });

  it('binds a code to the exact redirect URI', async () => {
    const { code, verifier } = await obtainCode(client, 'ana');
    const response = await tokenCall(client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: `${CALLBACK}?x=1`,
      code_verifier: verifier,
    });
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('accepts a long chain of refresh token rotations', async () => {
    const light: TestClient = { ...client, scope: 'files.read' };
    let { refresh_token: token } = await connect(light, 'ben');
    for (let count = 0; count < 200; count += 1) token = (await rotate(token)).refresh_token;
    expect(strict.tokenRequests({ grantType: 'refresh_token' })).toHaveLength(200);
  });
});
