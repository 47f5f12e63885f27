import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type House, subjectIn } from '../house.ts';

const ELSEWHERE = 'https://issuer-of-somebody-else.test';

/** From the first click to the first call. */
export function authorizing(houseOf: () => House): void {
  it('connects two people over its real pages, each with their own account', async () => {
    const house = houseOf();
    const { ana, ben, first, second, provider } = house;
    const connector = await house.createConnector();
    expect(await ana.status(second, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
    for (const person of [ana, ben]) await house.connect(person, connector);
    for (const person of [ana, ben]) {
      const own = await provider.subjectOf(person.username);
      expect(subjectIn(await house.whoAmI(person, first, connector))).toBe(own);
      expect(subjectIn(await house.whoAmI(person, second, connector))).toBe(own);
      expect(await person.status(second, connector)).toMatchObject({
        user_auth_status: 'connected',
        connection_status: 'connected',
      });
    }
  });

  it('A22: sends state and a proof key, and hands the verifier, another one each time, to the token endpoint alone', async () => {
    const house = houseOf();
    const connector = await house.createConnector();
    const verifiers: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const { authorizationUrl } = await house.ana.startFlow(house.first, connector);
      const asked = new URL(authorizationUrl).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('state')).toMatch(/^[\w-]{20,}$/);
      house.provider.proxy.forget();
      const callback = await house.goThrough(house.ana, authorizationUrl);
      expect((await house.comeBack(house.ana, callback)).status).toBe(200);
      const [exchange, ...more] = house.tokenRequests('authorization_code');
      expect(more).toEqual([]);
      expect(exchange?.answer).toMatchObject({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
      });
      const verifier = exchange?.form['code_verifier'] ?? '';
      expect(verifier).toMatch(/^[\w-]{43,}$/);
      expect(createHash('sha256').update(verifier).digest('base64url')).toBe(
        asked.get('code_challenge'),
      );
      expect(house.logLines(verifier)).toEqual([]);
      expect(house.ana.answers.filter(({ text }) => text.includes(verifier))).toEqual([]);
      verifiers.push(verifier);
    }
    expect(new Set(verifiers).size).toBe(2);
  });

  it('A13: gets nothing for a stolen code with a state of their own', async () => {
    const house = houseOf();
    const { ana, ben, second } = house;
    const connector = await house.createConnector();
    const callback = await house.walk(ana, connector);
    const stolen = (await house.walk(ben, connector)).searchParams.get('code') ?? '';
    expect(stolen).not.toBe('');
    callback.searchParams.set('code', stolen);
    house.provider.proxy.forget();
    expect((await house.comeBack(ana, callback)).status).not.toBe(200);
    expect(house.tokenRequests().map(({ answer }) => answer['error'])).toEqual(['invalid_grant']);
    for (const person of [ana, ben])
      expect(await house.whoAmI(person, second, connector)).toMatchObject({
        status: 'error',
        authorization_reason: 'no_token',
      });
  });

  it('A6: stores nothing when the person refuses, says so, and takes no code for it afterwards', async () => {
    const house = houseOf();
    // A new app, because a provider does not ask twice for what somebody allowed before.
    const app = await house.newApp();
    const connector = await house.createConnector({ ...app });
    house.provider.proxy.forget();
    const callback = await house.walk(house.ana, connector, true);
    const page = await house.comeBack(house.ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Access was not granted');
    callback.searchParams.delete('error');
    callback.searchParams.set('code', 'a-code-of-later');
    expect((await house.comeBack(house.ana, callback)).status).toBe(400);
    expect(house.tokenRequests()).toEqual([]);
    expect(await house.ana.status(house.first, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
  });

  it('A4: exchanges a code once, also when the page is loaded twice', async () => {
    const house = houseOf();
    const connector = await house.createConnector();
    house.provider.proxy.forget();
    const callback = await house.walk(house.ana, connector);
    expect((await house.comeBack(house.ana, callback)).status).toBe(200);
    expect((await house.comeBack(house.ana, callback)).status).toBe(400);
    expect(house.tokenRequests()).toHaveLength(1);
    expect(await house.ana.status(house.first, connector)).toMatchObject({
      connection_status: 'connected',
    });
  });

  it('takes the issuer it names, when it names one, whether or not the connector knows it', async () => {
    const house = houseOf();
    const { ana, provider } = house;
    for (const secrets of [{}, { issuer: undefined }]) {
      const connector = await house.createConnector(secrets);
      const callback = await house.walk(ana, connector);
      expect(callback.searchParams.get('iss')).toBe(provider.namesItself ? provider.issuer : null);
      expect((await house.comeBack(ana, callback)).status).toBe(200);
    }
  });

  it('A17: never sends a code on when another issuer is named than the one the connector knows', async () => {
    const house = houseOf();
    const { ana, provider } = house;
    const connector = await house.createConnector();
    const callback = await house.walk(ana, connector);
    callback.searchParams.set('iss', ELSEWHERE);
    provider.proxy.forget();
    const page = await house.comeBack(ana, callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('did not come from the provider that was asked');
    expect(house.tokenRequests()).toEqual([]);
  });

  it('takes the client secret in the body as well as in the header, whatever characters it has', async () => {
    const house = houseOf();
    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      const app = await house.newApp(method);
      const connector = await house.createConnector({ ...app, tokenEndpointAuthMethod: method });
      await house.connect(house.ana, connector);
      await house.letTokenEnd(house.ana, connector);
      subjectIn(await house.whoAmI(house.ana, house.second, connector));
    }
  });
}
