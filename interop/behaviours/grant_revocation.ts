import { expect, it } from '@jest/globals';
import type { TestUser } from '../../e2e/support/test_user.ts';
import { waitUntil } from '../../e2e/support/wait_until.ts';
import { type InteropEnvironment, subjectIn } from '../environment.ts';
import type { OAuthApp } from '../servers/authorization_server.ts';

/** The task that ends grants, and what busy machines add. */
const REVOKED_WITHIN_MS = 120_000;

/** A person who takes back what they allowed, there or here. */
export function job(environmentOf: () => InteropEnvironment): void {
  it('H113: asks a person to authorize again, tells it once, asks the provider once and then no more, when they took the grant back there', async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    for (const { what, withdraw } of provider.withdrawals) {
      const connector = await environment.createConnector();
      await environment.connect(ana, connector);
      await environment.connect(ben, connector);
      subjectIn(await environment.whoAmI(ana, first, connector));
      provider.proxy.forget();
      await withdraw('ana', environment.app.clientId);

      const responses = await environment.burst(ana, [first, second], { connector, calls: 20 });
      for (const response of responses) {
        expect({ what, ...response }).toMatchObject({
          what,
          status: 'error',
          retry: false,
          errorSource: 'user',
          authorization_reason: 'token_revoked',
        });
      }
      expect(environment.tokenRequests()).toHaveLength(1);
      expect(await ana.status(second, connector)).toMatchObject({
        user_auth_status: 'not_connected',
        connection_status: 'needs_reauth',
      });
      const notices = environment.logLines(`Refresh for connector [${connector}] failed`);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toContain('(reauthorize');

      provider.proxy.forget();
      for (const response of await environment.burst(ana, [first, second], { connector, calls: 5 }))
        expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
      expect(provider.proxy.seen({ pathEnd: '' })).toEqual([]);

      subjectIn(await environment.whoAmI(ben, first, connector));
      await environment.connect(ana, connector);
      subjectIn(await environment.whoAmI(ana, second, connector));
    }
  });

  it('H113: asks a person to authorize again when they took the grant back and the access token had ended', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    for (const { withdraw } of provider.withdrawals) {
      const connector = await environment.createConnector();
      await environment.connect(ana, connector);
      await environment.letTokenEnd(ana, connector);
      await withdraw('ana', environment.app.clientId);
      const responses = await environment.burst(ana, [first, second], { connector, calls: 20 });
      expect(new Set(responses.map((response) => response.authorization_reason))).toEqual(
        new Set(['token_revoked']),
      );
      expect(environment.tokenRequests()).toHaveLength(1);
      expect(await ana.status(first, connector)).toMatchObject({
        connection_status: 'needs_reauth',
      });
    }
  });

  it('H110: revokes both tokens, the refresh token first, when a person disconnects', async () => {
    const environment = environmentOf();
    const { ana, first, second, app } = environment;
    const connector = await environment.createConnector();
    const tokens = await connectAndNote(environment, ana, { connector, app });
    expect(await tokens.areActive()).toEqual([true, true]);

    expect((await ana.disconnect(second, connector)).status).toBe(204);
    await waitUntil('the end of the grant', async () => {
      const status = await ana.status(first, connector);
      return status?.connection_status === 'not_connected';
    });
    expect(revocations(environment)).toEqual(tokens.revokedOnce);
    expect(await tokens.areActive()).toEqual([false, false]);
    expect(await environment.whoAmI(ana, first, connector)).toMatchObject({
      status: 'error',
      authorization_reason: 'no_token',
    });
  });

  it('F79: revokes both tokens of a person whose account here is deleted, and those of nobody else', async () => {
    const environment = environmentOf();
    const { admin, ana, first, second } = environment;
    // A new app, because a provider may end everything that an account there allowed a client.
    const app = await environment.newApp();
    const connector = await environment.createConnector({ ...app });
    const removedUser = await environment.newUser('leaver', 'ben');
    await environment.connect(ana, connector);
    const tokens = await connectAndNote(environment, removedUser, { connector, app });
    expect(await tokens.areActive()).toEqual([true, true]);

    const path = `/internal/security/users/${removedUser.username}`;
    await admin.json(second, { method: 'DELETE', path });
    await waitUntil(
      'both revocations',
      () => revocations(environment).filter(([, status]) => status !== undefined).length === 2,
      REVOKED_WITHIN_MS,
    );
    expect(revocations(environment)).toEqual(tokens.revokedOnce);
    expect(await tokens.areActive()).toEqual([false, false]);
    subjectIn(await environment.whoAmI(ana, first, connector));
  });

  it('keeps a person connected who authorizes again while connected, or right after disconnecting', async () => {
    const environment = environmentOf();
    const { ana, first, second } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.connect(ana, connector);
    subjectIn(await environment.whoAmI(ana, first, connector));
    await environment.letTokenEnd(ana, connector);
    subjectIn(await environment.whoAmI(ana, second, connector));

    await ana.disconnect(second, connector);
    await environment.connect(ana, connector);
    await environment.letTokenEnd(ana, connector);
    subjectIn(await environment.whoAmI(ana, first, connector));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it('goes on with a lasting grant when the session of the person at the provider has ended', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector({ scope: provider.lastingScope });
    await environment.connect(ana, connector);
    await environment.letTokenEnd(ana, connector);
    await provider.endSessions('ana');
    subjectIn(await environment.whoAmI(ana, second, connector));
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([200]);
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
  });
}

/** Authorizes and keeps in mind which tokens were issued. */
async function connectAndNote(
  environment: InteropEnvironment,
  user: TestUser,
  { connector, app }: { readonly connector: string; readonly app: OAuthApp },
) {
  const { provider } = environment;
  provider.proxy.forget();
  await environment.connect(user, connector);
  const response = environment.tokenRequests('authorization_code')[0]?.response ?? {};
  const refreshToken = String(response['refresh_token']);
  const accessToken = String(response['access_token']);
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
function revocations({
  provider,
}: InteropEnvironment): readonly (readonly [string | undefined, unknown])[] {
  return provider.proxy
    .seen({ pathEnd: new URL(provider.revocationUrl).pathname })
    .map(({ form, status }) => [form['token'], status] as const);
}
