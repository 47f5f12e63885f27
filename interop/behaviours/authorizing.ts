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

  it('sends state and a proof key, and hands the verifier to the token endpoint alone', async () => {
    const house = houseOf();
    const connector = await house.createConnector();
    const { authorizationUrl } = await house.ana.startFlow(house.first, connector);
    const asked = new URL(authorizationUrl).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')).toMatch(/^[\w-]{20,}$/);
    house.provider.proxy.forget();
    await house.connect(house.ana, connector);
    const [exchange, ...more] = house.tokenRequests('authorization_code');
    expect(more).toEqual([]);
    expect(exchange?.form['code_verifier']).toMatch(/^[\w-]{43,}$/);
    expect(exchange?.answer).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
    });
  });

  it('stores nothing when the person refuses, and says so', async () => {
    const house = houseOf();
    // A new app, because a provider does not ask twice for what somebody allowed before.
    const app = await house.newApp();
    const connector = await house.createConnector({ ...app });
    house.provider.proxy.forget();
    const page = await house.comeBack(house.ana, await house.walk(house.ana, connector, true));
    expect(page.status).toBe(400);
    expect(page.text).toContain('Access was not granted');
    expect(house.tokenRequests()).toEqual([]);
    expect(await house.ana.status(house.first, connector)).toMatchObject({
      connection_status: 'not_connected',
    });
  });

  it('exchanges a code once, also when the page is loaded twice', async () => {
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
    for (const secrets of [{}, { issuer: provider.issuer }]) {
      const connector = await house.createConnector(secrets);
      const callback = await house.walk(ana, connector);
      expect(callback.searchParams.get('iss')).toBe(provider.namesItself ? provider.issuer : null);
      expect((await house.comeBack(ana, callback)).status).toBe(200);
    }
  });

  it('never sends a code on when another issuer is named than the one the connector knows', async () => {
    const house = houseOf();
    const { ana, provider } = house;
    const connector = await house.createConnector({ issuer: provider.issuer });
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
