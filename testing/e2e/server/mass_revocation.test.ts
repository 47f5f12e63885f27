import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  strictOwner,
  twoUsers,
  waitUntil,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';

const CALLERS = 20;

onEachStore((store) => {
  let environment: Installation;
  let first: ServerProcess;
  let second: ServerProcess;

  beforeAll(async () => {
    environment = await twoUsers({ store, processes: 2 });
    const [one, other = one] = environment.servers;
    [first, second] = [one, other];
  });
  afterEach(() => {
    environment.providers.strict.clearFaults();
    environment.providers.strict.clearRequests();
  });
  afterAll(stopEverything);

  const strict = () => environment.providers.strict;
  const revocable = () =>
    strictFiles(environment.providers, { revocationUrl: strict().revocationEndpoint });

  const revocations = () => strict().requests({ endpoint: 'revoke' });

  /** Connects Ana and Ben to a new connector, and makes one call each, which shows their token. */
  async function bothConnected(): Promise<{ connector: string; anasToken: string | undefined }> {
    const { admin, ana, ben } = environment;
    const connector = await createConnector(admin, first, revocable());
    for (const user of [ben, ana]) await user.connect(first, connector);
    strict().clearRequests();
    expect(strictOwner(await ana.execute(first, connector, listStrictFiles))).toBe(
      'ana@example.com',
    );
    const anasToken = strict().requests({ endpoint: 'api' })[0]?.tokenHash;
    return { connector, anasToken };
  }

  const untilNotConnected = (connector: string) =>
    waitUntil(
      'the end of the connection',
      async () =>
        (await environment.ana.status(second, connector))?.connection_status === 'not_connected',
    );

  describe('a disconnect', () => {
    it('H110: revokes the refresh token first, then the access token, reports both, and affects no other user', async () => {
      const { ana, ben } = environment;
      const { connector, anasToken } = await bothConnected();
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      expect(await ana.execute(second, connector, listStrictFiles)).toMatchObject({
        authorization_reason: 'no_token',
      });
      await untilNotConnected(connector);
      expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
      const [refreshToken, accessToken] = revocations().map(({ tokenHash }) => tokenHash);
      expect(accessToken).toBe(anasToken);
      expect(refreshToken).not.toBe(anasToken);
      for (const kind of ['refresh_token', 'access_token']) {
        await first.waitForOutput(`Revocation of the ${kind} of connector [${connector}]: revoked`);
      }
      expect(strict().isGrantAlive('ana')).toBe(false);
      expect(strictOwner(await ben.execute(second, connector, listStrictFiles))).toBe(
        'ben@example.com',
      );
    });

    it('H112: treats the 200 for a token that the provider does not know as success', async () => {
      const { ana } = environment;
      const { connector } = await bothConnected();
      expect(strict().revokeGrant('ana')).toBeGreaterThan(0);
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await untilNotConnected(connector);
      expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
    });

    it('H112: tries the other token type when the provider does not support the first', async () => {
      const { ana } = environment;
      const { connector, anasToken } = await bothConnected();
      strict().failNext({
        endpoint: 'revoke',
        fault: { kind: 'oauth_error', error: 'unsupported_token_type' },
      });
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await untilNotConnected(connector);
      const tokens = revocations().map(({ tokenHash, error }) => tokenHash ?? error);
      expect(tokens).toEqual(['unsupported_token_type', expect.any(String), anasToken]);
      expect(strict().isGrantAlive('ana')).toBe(false);
    });
  });

  it('H113: a grant that the user removed at the provider causes one refusal, one notice and no further call', async () => {
    const { ana, ben } = environment;
    const { connector } = await bothConnected();
    strict().revokeGrant('ana');
    strict().clearRequests();
    const callAll = () =>
      Promise.all(
        Array.from({ length: CALLERS }, (_, index) =>
          ana.execute(index % 2 === 0 ? first : second, connector, listStrictFiles),
        ),
      );
    for (const response of await callAll()) {
      expect(response).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'token_revoked',
      });
    }
    expect(
      strict()
        .tokenRequests()
        .map(({ error }) => error),
    ).toEqual(['invalid_grant']);
    const notices = () =>
      [first, second].flatMap((server) => [
        ...server
          .output()
          .matchAll(new RegExp(`Refresh for connector \\[${connector}\\] failed`, 'g')),
      ]);
    await waitUntil('the notice', () => notices().length > 0);
    expect(await ana.status(second, connector)).toMatchObject({
      user_auth_status: 'not_connected',
      connection_status: 'needs_reauth',
    });

    strict().clearRequests();
    for (const response of await callAll()) {
      expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
    }
    expect(strict().requests()).toEqual([]);
    expect(notices()).toHaveLength(1);
    expect(strictOwner(await ben.execute(second, connector, listStrictFiles))).toBe(
      'ben@example.com',
    );
  });
});
