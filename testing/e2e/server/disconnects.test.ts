import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  filesOwner,
  listStrictFiles,
  revocableStrictFiles,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterEach, describe, expect, it } from 'vitest';
import { listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 20;

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });

  afterEach(() => {
    environment.strict.clearFaults();
    environment.strict.clearRequests();
  });

  const revocations = () => environment.strict.requests({ endpoint: 'revoke' });

  /** Connects Ana and Ben to a new connector, and makes one call each, which shows their token. */
  async function bothConnected(): Promise<{ connector: string; anasToken: string | undefined }> {
    const { admin, ana, ben, first, strict } = environment;
    const connector = await createConnector(admin, first, revocableStrictFiles(environment));
    for (const user of [ben, ana]) await user.connect(first, connector);
    strict.clearRequests();
    expect(await filesOwner(ana, first, connector)).toBe('ana@example.com');
    const anasToken = strict.requests({ endpoint: 'api' })[0]?.tokenHash;
    return { connector, anasToken };
  }

  const untilNotConnected = (connector: string) =>
    waitUntil('the end of the connection', async () => {
      const { ana, second } = environment;
      return (await ana.connectionStatus(second, connector)) === 'not_connected';
    });

  describe('a disconnect', () => {
    it('H110: revokes the refresh token first, then the access token, reports both results, and affects no other user', async () => {
      const { ana, ben, first, second, strict } = environment;
      const { connector, anasToken } = await bothConnected();
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      expect(await ana.execute(second, connector, listStrictFiles)).toMatchObject(
        mustAuthorize('no_token'),
      );
      await untilNotConnected(connector);
      expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
      const [refreshToken, accessToken] = revocations().map(({ tokenHash }) => tokenHash);
      expect(accessToken).toBe(anasToken);
      expect(refreshToken).not.toBe(anasToken);
      for (const token of ['refresh token', 'access token'])
        await first.waitForOutput(`The ${token} of connector [${connector}] was revoked`);
      expect(strict.isGrantAlive('ana')).toBe(false);
      expect(await filesOwner(ben, second, connector)).toBe('ben@example.com');
    });

    it('H112: treats the 200 for a token that the provider does not know as success', async () => {
      const { ana, first, strict } = environment;
      const { connector } = await bothConnected();
      expect(strict.revokeGrant('ana')).toBeGreaterThan(0);
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await untilNotConnected(connector);
      expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
    });

    it('H112: tries the other token type when the provider does not support the first one', async () => {
      const { ana, first, strict } = environment;
      const { connector, anasToken } = await bothConnected();
      strict.failNext({
        endpoint: 'revoke',
        fault: { kind: 'oauth_error', error: 'unsupported_token_type' },
      });
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await untilNotConnected(connector);
      const tokens = revocations().map(({ tokenHash, error }) => tokenHash ?? error);
      expect(tokens).toEqual(['unsupported_token_type', expect.any(String), anasToken]);
      expect(strict.isGrantAlive('ana')).toBe(false);
    });
  });

  it('H113: when the user has removed the grant at the provider, causes one refusal, one notice and no further call', async () => {
    const { ana, ben, first, second, strict } = environment;
    const { connector } = await bothConnected();
    strict.revokeGrant('ana');
    strict.clearRequests();
    const callAll = () => listFilesAtOnce(ana, [first, second], { connector, count: CALLERS });
    for (const response of await callAll()) {
      expect(response).toMatchObject(mustAuthorize('token_revoked'));
    }
    const outcomes = strict.tokenRequests().map(({ error }) => error);
    expect(outcomes).toEqual(['invalid_grant']);
    const refused = new RegExp(`Refresh for connector \\[${connector}\\] failed`, 'g');
    const notices = () =>
      [first, second].flatMap((server) => [...server.output().matchAll(refused)]);
    await waitUntil('the notice', () => notices().length > 0);
    expect(await ana.status(second, connector)).toMatchObject({
      user_auth_status: 'not_connected',
      connection_status: 'needs_reauth',
    });

    strict.clearRequests();
    for (const response of await callAll()) {
      expect(response).toMatchObject(mustAuthorize('token_revoked'));
    }
    expect(strict.requests()).toEqual([]);
    expect(notices()).toHaveLength(1);
    expect(await filesOwner(ben, second, connector)).toBe('ben@example.com');
  });
});
