import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

const ELSEWHERE = 'https://issuer-of-somebody-else.test';

/** Defines the tests of an authorization, from the first click to the first call. */
export function describeAuthorization(environmentOf: () => InteropEnvironment): void {
  it('connects two users over its real pages, each with their own account', async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    const connector = await environment.createConnector();
    expect(await ana.status(second, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
    for (const user of [ana, ben]) await environment.connect(user, connector);
    for (const user of [ana, ben]) {
      const own = await provider.subjectOf(user.username);
      expect(subjectIn(await environment.whoAmI(user, first, connector))).toBe(own);
      expect(subjectIn(await environment.whoAmI(user, second, connector))).toBe(own);
      expect(await user.status(second, connector)).toMatchObject({
        user_auth_status: 'connected',
        connection_status: 'connected',
      });
    }
  });

  it('A22: sends state and PKCE challenge in each authorization, and a new verifier only to the token endpoint', async () => {
    const environment = environmentOf();
    const connector = await environment.createConnector();
    const verifiers: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const { authorizationUrl } = await environment.ana.startFlow(environment.first, connector);
      const asked = new URL(authorizationUrl).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('state')).toMatch(/^[\w-]{20,}$/);
      environment.provider.proxy.clear();
      const callback = await environment.walkFrom(environment.ana, authorizationUrl);
      expect((await environment.followCallback(environment.ana, callback)).status).toBe(200);
      const [exchange, ...more] = environment.tokenRequests('authorization_code');
      expect(more).toEqual([]);
      expect(exchange?.json).toMatchObject({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
      });
      const verifier = exchange?.form['code_verifier'] ?? '';
      expect(verifier).toMatch(/^[\w-]{43,}$/);
      expect(createHash('sha256').update(verifier).digest('base64url')).toBe(
        asked.get('code_challenge'),
      );
      expect(environment.logLines(verifier)).toEqual([]);
      expect(environment.ana.responses.filter(({ text }) => text.includes(verifier))).toEqual([]);
      verifiers.push(verifier);
    }
    expect(new Set(verifiers).size).toBe(2);
  });

  it('A13: gives no tokens to an attacker who presents a stolen code with their own state', async () => {
    const environment = environmentOf();
    const { ana, ben, second } = environment;
    const connector = await environment.createConnector();
    const callback = await environment.walk(ana, connector);
    const stolen = (await environment.walk(ben, connector)).searchParams.get('code') ?? '';
    expect(stolen).not.toBe('');
    callback.searchParams.set('code', stolen);
    environment.provider.proxy.clear();
    expect((await environment.followCallback(ana, callback)).status).not.toBe(200);
    expect(environment.tokenRequests().map(({ json }) => json['error'])).toEqual(['invalid_grant']);
    for (const user of [ana, ben])
      expect(await environment.whoAmI(user, second, connector)).toMatchObject({
        status: 'error',
        authorization_reason: 'no_token',
      });
  });

  it('A6: stores nothing when the user refuses, reports the refusal, and accepts no code for this authorization afterwards', async () => {
    const environment = environmentOf();
    // This test uses a new app, because a provider does not ask again for consent that a user has
    // given.
    const app = await environment.newApp();
    const connector = await environment.createConnector({ ...app });
    environment.provider.proxy.clear();
    const callback = await environment.walk(environment.ana, connector, true);
    const page = await environment.followCallback(environment.ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Access was not granted');
    callback.searchParams.delete('error');
    callback.searchParams.set('code', 'a-code-of-later');
    expect((await environment.followCallback(environment.ana, callback)).status).toBe(400);
    expect(environment.tokenRequests()).toEqual([]);
    expect(await environment.ana.status(environment.first, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
  });

  it('A4: exchanges a code once, even when the page is loaded twice', async () => {
    const environment = environmentOf();
    const connector = await environment.createConnector();
    environment.provider.proxy.clear();
    const callback = await environment.walk(environment.ana, connector);
    expect((await environment.followCallback(environment.ana, callback)).status).toBe(200);
    expect((await environment.followCallback(environment.ana, callback)).status).toBe(400);
    expect(environment.tokenRequests()).toHaveLength(1);
    expect(await environment.ana.status(environment.first, connector)).toMatchObject({
      connection_status: 'connected',
    });
  });

  it('accepts the issuer parameter of the provider, whether the connector states an issuer or not', async () => {
    const environment = environmentOf();
    const { ana, provider } = environment;
    for (const secrets of [{}, { issuer: undefined }]) {
      const connector = await environment.createConnector(secrets);
      const callback = await environment.walk(ana, connector);
      expect(callback.searchParams.get('iss')).toBe(provider.sendsIssuer ? provider.issuer : null);
      expect((await environment.followCallback(ana, callback)).status).toBe(200);
    }
  });

  it('A17: sends no code to the token endpoint when the response names a different issuer than the connector', async () => {
    const environment = environmentOf();
    const { ana, provider } = environment;
    const connector = await environment.createConnector();
    const callback = await environment.walk(ana, connector);
    callback.searchParams.set('iss', ELSEWHERE);
    provider.proxy.clear();
    const page = await environment.followCallback(ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('did not come from the provider of this connector');
    expect(environment.tokenRequests()).toEqual([]);
  });

  it('accepts the client secret in the body and in the header, with special characters', async () => {
    const environment = environmentOf();
    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      const app = await environment.newApp(method);
      const connector = await environment.createConnector({
        ...app,
        tokenEndpointAuthMethod: method,
      });
      await environment.connect(environment.ana, connector);
      await environment.expireToken(environment.ana, connector);
      subjectIn(await environment.whoAmI(environment.ana, environment.second, connector));
    }
  });
}
