import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type InteropEnvironment, subjectIn } from '../environment.ts';

const ELSEWHERE = 'https://issuer-of-somebody-else.test';

/** From the first click to the first call. */
export function authorizing(environmentOf: () => InteropEnvironment): void {
  it('connects two people over its real pages, each with their own account', async () => {
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

  it('A22: sends state and a proof key, and hands the verifier, another one each time, to the token endpoint alone', async () => {
    const environment = environmentOf();
    const connector = await environment.createConnector();
    const verifiers: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const { authorizationUrl } = await environment.ana.startFlow(environment.first, connector);
      const asked = new URL(authorizationUrl).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('state')).toMatch(/^[\w-]{20,}$/);
      environment.provider.proxy.forget();
      const callback = await environment.goThrough(environment.ana, authorizationUrl);
      expect((await environment.comeBack(environment.ana, callback)).status).toBe(200);
      const [exchange, ...more] = environment.tokenRequests('authorization_code');
      expect(more).toEqual([]);
      expect(exchange?.response).toMatchObject({
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

  it('A13: gets nothing for a stolen code with a state of their own', async () => {
    const environment = environmentOf();
    const { ana, ben, second } = environment;
    const connector = await environment.createConnector();
    const callback = await environment.walk(ana, connector);
    const stolen = (await environment.walk(ben, connector)).searchParams.get('code') ?? '';
    expect(stolen).not.toBe('');
    callback.searchParams.set('code', stolen);
    environment.provider.proxy.forget();
    expect((await environment.comeBack(ana, callback)).status).not.toBe(200);
    expect(environment.tokenRequests().map(({ response }) => response['error'])).toEqual([
      'invalid_grant',
    ]);
    for (const user of [ana, ben])
      expect(await environment.whoAmI(user, second, connector)).toMatchObject({
        status: 'error',
        authorization_reason: 'no_token',
      });
  });

  it('A6: stores nothing when the person refuses, says so, and takes no code for it afterwards', async () => {
    const environment = environmentOf();
    // A new app, because a provider does not ask twice for what somebody allowed before.
    const app = await environment.newApp();
    const connector = await environment.createConnector({ ...app });
    environment.provider.proxy.forget();
    const callback = await environment.walk(environment.ana, connector, true);
    const page = await environment.comeBack(environment.ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Access was not granted');
    callback.searchParams.delete('error');
    callback.searchParams.set('code', 'a-code-of-later');
    expect((await environment.comeBack(environment.ana, callback)).status).toBe(400);
    expect(environment.tokenRequests()).toEqual([]);
    expect(await environment.ana.status(environment.first, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
  });

  it('A4: exchanges a code once, also when the page is loaded twice', async () => {
    const environment = environmentOf();
    const connector = await environment.createConnector();
    environment.provider.proxy.forget();
    const callback = await environment.walk(environment.ana, connector);
    expect((await environment.comeBack(environment.ana, callback)).status).toBe(200);
    expect((await environment.comeBack(environment.ana, callback)).status).toBe(400);
    expect(environment.tokenRequests()).toHaveLength(1);
    expect(await environment.ana.status(environment.first, connector)).toMatchObject({
      connection_status: 'connected',
    });
  });

  it('takes the issuer it names, when it names one, whether or not the connector knows it', async () => {
    const environment = environmentOf();
    const { ana, provider } = environment;
    for (const secrets of [{}, { issuer: undefined }]) {
      const connector = await environment.createConnector(secrets);
      const callback = await environment.walk(ana, connector);
      expect(callback.searchParams.get('iss')).toBe(provider.namesItself ? provider.issuer : null);
      expect((await environment.comeBack(ana, callback)).status).toBe(200);
    }
  });

  it('A17: never sends a code on when another issuer is named than the one the connector knows', async () => {
    const environment = environmentOf();
    const { ana, provider } = environment;
    const connector = await environment.createConnector();
    const callback = await environment.walk(ana, connector);
    callback.searchParams.set('iss', ELSEWHERE);
    provider.proxy.forget();
    const page = await environment.comeBack(ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('did not come from the provider that was asked');
    expect(environment.tokenRequests()).toEqual([]);
  });

  it('takes the client secret in the body as well as in the header, whatever characters it has', async () => {
    const environment = environmentOf();
    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      const app = await environment.newApp(method);
      const connector = await environment.createConnector({
        ...app,
        tokenEndpointAuthMethod: method,
      });
      await environment.connect(environment.ana, connector);
      await environment.letTokenEnd(environment.ana, connector);
      subjectIn(await environment.whoAmI(environment.ana, environment.second, connector));
    }
  });
}
