import { waitUntil } from '@latchkey/core/server/wait_until';
import type { TestUser } from '@latchkey/test-environment';
import { requestsTo } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';
import type { OAuthApp } from '../provider/authorization_server.ts';

/**
 * Time within which grants are revoked: the delay of the task that revokes them, plus that of busy
 * machines.
 */
const REVOKED_WITHIN_MS = 120_000;

/** Defines the tests of users who end their grant at the provider or on our server. */
export function describeGrantRevocation(environmentOf: () => InteropEnvironment): void {
  it('H113: asks the user to authorize again, with one notice and one token request, when the user removed the grant at the provider', async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    for (const { what, withdraw } of provider.withdrawals) {
      const connector = await environment.createConnector();
      await environment.connect(ana, connector);
      await environment.connect(ben, connector);
      subjectIn(await environment.whoAmI(ana, first, connector));
      provider.proxy.clear();
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
      expect(notices[0]).toContain('(the user must authorize again');

      provider.proxy.clear();
      for (const response of await environment.burst(ana, [first, second], { connector, calls: 5 }))
        expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
      expect(provider.proxy.exchanges).toEqual([]);

      subjectIn(await environment.whoAmI(ben, first, connector));
      await environment.connect(ana, connector);
      subjectIn(await environment.whoAmI(ana, second, connector));
    }
  });

  it('H113: asks the user to authorize again when the grant was removed and the access token had expired as well', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    for (const { withdraw } of provider.withdrawals) {
      const connector = await environment.createConnector();
      await environment.connect(ana, connector);
      await environment.expireToken(ana, connector);
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

  it('H110: revokes both tokens, the refresh token first, when a user disconnects', async () => {
    const environment = environmentOf();
    const { ana, first, second, app } = environment;
    const connector = await environment.createConnector();
    const tokens = await connectAndRecordTokens(environment, ana, { connector, app });
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

  it('F79: revokes only the tokens of a user whose account here is deleted', async () => {
    const environment = environmentOf();
    const { admin, ana, first, second } = environment;
    // This test uses a new app, because a provider may end all grants of an account for one client.
    const app = await environment.newApp();
    const connector = await environment.createConnector({ ...app });
    const removedUser = await environment.newUser('removed', 'ben');
    await environment.connect(ana, connector);
    const tokens = await connectAndRecordTokens(environment, removedUser, { connector, app });
    expect(await tokens.areActive()).toEqual([true, true]);

    const path = `/internal/security/users/${removedUser.username}`;
    await admin.json(second, { method: 'DELETE', path });
    await waitUntil(
      'both revocations',
      () => revocations(environment).filter(([, status]) => status !== undefined).length === 2,
      { timeoutMs: REVOKED_WITHIN_MS },
    );
    expect(revocations(environment)).toEqual(tokens.revokedOnce);
    expect(await tokens.areActive()).toEqual([false, false]);
    subjectIn(await environment.whoAmI(ana, first, connector));
  });

  it('keeps a user connected who authorizes again, both while connected and right after disconnecting', async () => {
    const environment = environmentOf();
    const { ana, first, second } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.connect(ana, connector);
    subjectIn(await environment.whoAmI(ana, first, connector));
    await environment.expireToken(ana, connector);
    subjectIn(await environment.whoAmI(ana, second, connector));

    await ana.disconnect(second, connector);
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    subjectIn(await environment.whoAmI(ana, first, connector));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it("keeps an offline grant when the user's session at the provider has ended", async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector({ scope: provider.lastingScope });
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    await provider.endSessions('ana');
    subjectIn(await environment.whoAmI(ana, second, connector));
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([200]);
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
  });
}

/** Authorizes a connector and records the tokens that the provider issued. */
async function connectAndRecordTokens(
  environment: InteropEnvironment,
  user: TestUser,
  { connector, app }: { readonly connector: string; readonly app: OAuthApp },
) {
  const { provider } = environment;
  provider.proxy.clear();
  await environment.connect(user, connector);
  const response = environment.tokenRequests('authorization_code')[0]?.json ?? {};
  const refreshToken = String(response['refresh_token']);
  const accessToken = String(response['access_token']);
  return {
    /** Tells if the refresh token and the access token are valid at the provider. */
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

/**
 * Returns the tokens in the order of their revocation requests since the proxy was last cleared,
 * each with the status of its response.
 */
function revocations({
  provider,
}: InteropEnvironment): readonly (readonly [string | undefined, unknown])[] {
  return provider.proxy.exchanges
    .filter(requestsTo(new URL(provider.revocationUrl).pathname))
    .map(({ form, status }) => [form['token'], status] as const);
}
