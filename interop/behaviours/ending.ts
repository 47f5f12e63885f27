import { expect, it } from '@jest/globals';
import { waitUntil } from '../../e2e/rig/wait_until.ts';
import { type House, subjectIn } from '../house.ts';

/** A person who takes back what they allowed, there or here. */
export function ending(houseOf: () => House): void {
  it('asks a person to authorize again, tells it once and asks the provider once, when they took the grant back there', async () => {
    const house = houseOf();
    const { ana, ben, first, second, provider } = house;
    for (const { what, withdraw } of provider.withdrawals) {
      const connector = await house.createConnector();
      await house.connect(ana, connector);
      await house.connect(ben, connector);
      subjectIn(await house.whoAmI(ana, first, connector));
      provider.proxy.forget();
      await withdraw('ana', house.app.clientId);

      const answers = await house.storm(ana, [first, second], { connector, calls: 20 });
      for (const answer of answers) {
        expect({ what, ...answer }).toMatchObject({
          what,
          status: 'error',
          retry: false,
          errorSource: 'user',
          authorization_reason: 'token_revoked',
        });
      }
      expect(house.tokenRequests()).toHaveLength(1);
      expect(await ana.status(second, connector)).toMatchObject({
        user_auth_status: 'not_connected',
        connection_status: 'needs_reauth',
      });
      const notices = house.logLines(`Refresh for connector [${connector}] failed`);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toContain('(reauthorize');

      subjectIn(await house.whoAmI(ben, first, connector));
      await house.connect(ana, connector);
      subjectIn(await house.whoAmI(ana, second, connector));
    }
  });

  it('asks a person to authorize again when they took the grant back and the access token had ended', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    for (const { withdraw } of provider.withdrawals) {
      const connector = await house.createConnector();
      await house.connect(ana, connector);
      await house.letTokenEnd(ana, connector);
      await withdraw('ana', house.app.clientId);
      const answers = await house.storm(ana, [first, second], { connector, calls: 20 });
      expect(new Set(answers.map((answer) => answer.authorization_reason))).toEqual(
        new Set(['token_revoked']),
      );
      expect(house.tokenRequests()).toHaveLength(1);
      expect(await ana.status(first, connector)).toMatchObject({
        connection_status: 'needs_reauth',
      });
    }
  });

  it('revokes both tokens, the refresh token first, when a person disconnects', async () => {
    const house = houseOf();
    const { ana, first, second, provider, app } = house;
    const connector = await house.createConnector();
    provider.proxy.forget();
    await house.connect(ana, connector);
    const answer = house.tokenRequests('authorization_code')[0]?.answer ?? {};
    const refreshToken = String(answer['refresh_token']);
    const accessToken = String(answer['access_token']);
    const areActive = async () => [
      await provider.isActive(refreshToken, 'refresh_token', app),
      await provider.isActive(accessToken, 'access_token', app),
    ];
    expect(await areActive()).toEqual([true, true]);

    expect((await ana.disconnect(second, connector)).status).toBe(204);
    await waitUntil('the end of the grant', async () => {
      const status = await ana.status(first, connector);
      return status?.connection_status === 'not_connected';
    });
    const revocations = provider.proxy.seen({ pathEnd: new URL(provider.revocationUrl).pathname });
    expect(revocations.map(({ form, status }) => [form['token'], status])).toEqual([
      [refreshToken, 200],
      [accessToken, 200],
    ]);
    expect(await areActive()).toEqual([false, false]);
    expect(await house.whoAmI(ana, first, connector)).toMatchObject({
      status: 'error',
      authorization_reason: 'no_token',
    });
  });

  it('keeps a person connected who authorizes again while connected, or right after disconnecting', async () => {
    const house = houseOf();
    const { ana, first, second } = house;
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    await house.connect(ana, connector);
    subjectIn(await house.whoAmI(ana, first, connector));
    await house.letTokenEnd(ana, connector);
    subjectIn(await house.whoAmI(ana, second, connector));

    await ana.disconnect(second, connector);
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    subjectIn(await house.whoAmI(ana, first, connector));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it('goes on with a lasting grant when the session of the person at the provider has ended', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const connector = await house.createConnector({ scope: provider.lastingScope });
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    await provider.endSessions('ana');
    subjectIn(await house.whoAmI(ana, second, connector));
    expect(house.tokenRequests().map(({ status }) => status)).toEqual([200]);
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
  });
}
