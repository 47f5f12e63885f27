import { expect, it } from '@jest/globals';
import type { Person } from '../../e2e/rig/person.ts';
import { waitUntil } from '../../e2e/rig/wait_until.ts';
import { type House, subjectIn } from '../house.ts';
import type { OAuthApp } from '../servers/authorization_server.ts';

/** The task that ends grants, and what busy machines add. */
const REVOKED_WITHIN_MS = 120_000;

/** A person who takes back what they allowed, there or here. */
export function ending(houseOf: () => House): void {
  it('H113: asks a person to authorize again, tells it once, asks the provider once and then no more, when they took the grant back there', async () => {
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

      provider.proxy.forget();
      for (const answer of await house.storm(ana, [first, second], { connector, calls: 5 }))
        expect(answer).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
      expect(provider.proxy.seen({ pathEnd: '' })).toEqual([]);

      subjectIn(await house.whoAmI(ben, first, connector));
      await house.connect(ana, connector);
      subjectIn(await house.whoAmI(ana, second, connector));
    }
  });

  it('H113: asks a person to authorize again when they took the grant back and the access token had ended', async () => {
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

  it('H110: revokes both tokens, the refresh token first, when a person disconnects', async () => {
    const house = houseOf();
    const { ana, first, second, app } = house;
    const connector = await house.createConnector();
    const tokens = await connectAndNote(house, ana, { connector, app });
    expect(await tokens.areActive()).toEqual([true, true]);

    expect((await ana.disconnect(second, connector)).status).toBe(204);
    await waitUntil('the end of the grant', async () => {
      const status = await ana.status(first, connector);
      return status?.connection_status === 'not_connected';
    });
    expect(revocations(house)).toEqual(tokens.revokedOnce);
    expect(await tokens.areActive()).toEqual([false, false]);
    expect(await house.whoAmI(ana, first, connector)).toMatchObject({
      status: 'error',
      authorization_reason: 'no_token',
    });
  });

  it('F79: revokes both tokens of a person whose account here is deleted, and those of nobody else', async () => {
    const house = houseOf();
    const { admin, ana, first, second } = house;
    // A new app, because a provider may end everything that an account there allowed a client.
    const app = await house.newApp();
    const connector = await house.createConnector({ ...app });
    const leaver = await house.newPerson('leaver', 'ben');
    await house.connect(ana, connector);
    const tokens = await connectAndNote(house, leaver, { connector, app });
    expect(await tokens.areActive()).toEqual([true, true]);

    const path = `/internal/security/users/${leaver.username}`;
    await admin.json(second, { method: 'DELETE', path });
    await waitUntil(
      'both revocations',
      () => revocations(house).filter(([, status]) => status !== undefined).length === 2,
      REVOKED_WITHIN_MS,
    );
    expect(revocations(house)).toEqual(tokens.revokedOnce);
    expect(await tokens.areActive()).toEqual([false, false]);
    subjectIn(await house.whoAmI(ana, first, connector));
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

/** Authorizes and keeps in mind which tokens were issued. */
async function connectAndNote(
  house: House,
  person: Person,
  { connector, app }: { readonly connector: string; readonly app: OAuthApp },
) {
  const { provider } = house;
  provider.proxy.forget();
  await house.connect(person, connector);
  const answer = house.tokenRequests('authorization_code')[0]?.answer ?? {};
  const refreshToken = String(answer['refresh_token']);
  const accessToken = String(answer['access_token']);
  return {
    /** What the provider itself says of the refresh token and of the access token. */
    areActive: async () => [
      await provider.isActive(refreshToken, 'refresh_token', app),
      await provider.isActive(accessToken, 'access_token', app),
    ],
    revokedOnce: [
      [refreshToken, 200],
      [accessToken, 200],
    ],
  };
}

/** Tokens in the order in which their revocation was asked for since the proxy last forgot, with the answer's status. */
function revocations({ provider }: House): readonly (readonly [string | undefined, unknown])[] {
  return provider.proxy
    .seen({ pathEnd: new URL(provider.revocationUrl).pathname })
    .map(({ form, status }) => [form['token'], status] as const);
}
