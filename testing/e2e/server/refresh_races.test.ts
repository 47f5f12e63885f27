import { waitUntil } from '@latchkey/core/server/wait_until';
import type { FakeOAuthServer } from '@latchkey/dev-providers';
import {
  createConnector,
  driveByOwnApp,
  filesOwner,
  listStrictFiles,
  type ServerProcess,
  searchFiles,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterEach, describe, expect, it } from 'vitest';
import { mustAuthorize } from '../support/executions.ts';
import { connectWithExpiredToken, letTokenExpire } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const REFRESH = { endpoint: 'token', grantType: 'refresh_token' } as const;

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  afterEach(() => {
    environment.strict.clearFaults();
    environment.google.clearFaults();
  });

  /**
   * Connects Ana to a new connector with an expired token. The first process then starts a refresh
   * and gets no response until `release` is called.
   */
  async function aHeldRefresh(when: 'before_acting' | 'after_acting') {
    const { ana, strict, first } = environment;
    const connector = await connectWithExpiredToken(environment);
    const hold = strict.holdNext({ ...REFRESH, when });
    const heldCall = ana.execute(first, connector, listStrictFiles);
    heldCall.catch(() => undefined);
    await waitUntil('the held token call', () => hold.isHolding);
    return { connector, heldCall, release: () => hold.release() };
  }

  describe('a refresh in one process while the user acts through another', () => {
    it('G103: does not undo a disconnect', async () => {
      const { ana, strict, first, second } = environment;
      const { connector, heldCall, release } = await aHeldRefresh('after_acting');
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      release();
      expect(await heldCall).toMatchObject(mustAuthorize('no_token'));
      for (const server of [first, second]) {
        expect(await ana.status(server, connector)).toMatchObject({
          user_auth_status: 'not_connected',
        });
        expect(await ana.execute(server, connector, listStrictFiles)).toMatchObject(
          mustAuthorize('no_token'),
        );
      }
      expect(strict.tokenRequests()).toHaveLength(1);
    });

    it('G103: revokes tokens that arrive after the disconnect', async () => {
      const { admin, ana, google, first, second } = environment;
      const connector = await createConnector(admin, first, driveByOwnApp(environment));
      await ana.connect(first, connector);
      google.expireAccessTokens({ account: 'ana' });
      google.clearRequests();
      const response = google.holdNext({ ...REFRESH, when: 'after_acting' });
      const heldCall = ana.execute(first, connector, searchFiles());
      await waitUntil('the held token call', () => response.isHolding);
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      response.release();
      expect(await heldCall).toMatchObject(mustAuthorize('no_token'));
      // The disconnect revokes the refresh token and the old access token. The new access token
      // arrives after the disconnect and is then revoked too.
      await waitUntil('the later revocation', () => revokedHashes(google).size === 3);
      expect(google.isGrantAlive('ana', google.client.clientId)).toBe(false);
      expect(await ana.status(first, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G103: revokes rotated tokens that arrive after the disconnect', async () => {
      const { admin, ana, strict, first, second } = environment;
      // This connector uses Quick Connect in front of the strict server, which rotates refresh
      // tokens and can revoke. The API's response does not matter here.
      const connector = await createConnector(admin, first, {
        name: 'Rotating, revocable',
        connector_type_id: '.google_drive',
        secrets: { authType: 'ears', provider: 'microsoft', scope: 'openid Files.Read.All' },
      });
      strict.settings.accessTokenTtlSeconds = 1;
      expect((await ana.connect(first, connector)).status).toBe(200);
      strict.settings.accessTokenTtlSeconds = 3600;
      const end = (await ana.status(first, connector))?.expires_at;
      await waitUntil('the expiry of the token', () => Date.parse(String(end)) < Date.now());
      strict.clearRequests();
      const response = strict.holdNext({ ...REFRESH, when: 'after_acting' });
      const heldCall = ana.execute(first, connector, searchFiles());
      await waitUntil('the rotation', () => response.isHolding);
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      response.release();
      expect(await heldCall).toMatchObject(mustAuthorize('no_token'));
      // Two tokens were revoked at the disconnect, and two that arrived after it.
      await waitUntil('the later revocations', () => revokedHashes(strict).size === 4);
      expect(strict.isGrantAlive('ana', 'dev-strict-ears')).toBe(false);
      expect(await ana.status(second, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G104: keeps the new grant when the user authorizes again', async () => {
      const { ana, strict, first, second } = environment;
      const { connector, heldCall, release } = await aHeldRefresh('after_acting');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      expect(await filesOwner(ana, second, connector)).toBe('ana@example.com');
      release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      for (const server of [first, second]) await ana.execute(server, connector, listStrictFiles);
      // The older tokens would have worked as well, so this test compares the tokens that were
      // sent: before and after the refresh they must be those of the new grant.
      const sent = strict.requests({ endpoint: 'api' }).map(({ tokenHash }) => tokenHash);
      expect(sent).toHaveLength(4);
      expect(new Set(sent).size).toBe(1);
      // The new grant is also usable after its next refresh.
      await letTokenExpire(strict, ana, { server: second, connector });
      strict.clearRequests();
      for (const server of [first, second]) {
        expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
      }
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
      expect(await ana.connectionStatus(second, connector)).toBe('connected');
    });

    it('G89: uses the newer stored token when the provider refuses the old one', async () => {
      const { ana, strict, first, second } = environment;
      const { connector, heldCall, release } = await aHeldRefresh('before_acting');
      strict.revokeGrant('ana');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      expect(
        strict.tokenRequests({ grantType: 'refresh_token' }).map(({ error }) => error),
      ).toEqual(['invalid_grant']);
      expect(await ana.connectionStatus(first, connector)).toBe('connected');
    });
  });

  /**
   * Authorizes again through this process. Browsers always use the one public URL of the
   * installation.
   */
  async function reconnectThrough(server: ServerProcess, connector: string) {
    const { ana, first } = environment;
    const callback = await ana.callbackPath(server, connector, { publicServer: first });
    return ana.call(server, `GET ${callback}`);
  }

  /** Returns the fingerprints of the tokens that a provider was asked to revoke. */
  function revokedHashes(provider: Pick<FakeOAuthServer, 'requests'>): Set<string | undefined> {
    return new Set(provider.requests({ endpoint: 'revoke' }).map(({ tokenHash }) => tokenHash));
  }
});
