import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeOAuthServer } from '@latchkey/dev-providers';
import {
  createConnector,
  driveByOwnApp,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  searchFiles,
  stopEverything,
  strictFiles,
  strictOwner,
  twoUsers,
  waitUntil,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { letTokenExpire } from '../support/expired_token.ts';

const REFRESH = { endpoint: 'token', grantType: 'refresh_token' } as const;

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
    environment.providers.google.clearFaults();
  });
  afterAll(stopEverything);

  /**
   * Connects Ana to a new connector with an expired token. The first process then refreshes and
   * gets no response until `release`.
   */
  async function aHeldRefresh(when: 'before_acting' | 'after_acting') {
    const { admin, ana, providers } = environment;
    const { strict } = providers;
    const connector = await createConnector(admin, first, strictFiles(providers));
    await ana.connect(first, connector);
    await letTokenExpire(strict, ana, { server: first, connector });
    strict.clearRequests();
    const hold = strict.holdNext({ ...REFRESH, when });
    const heldCall = ana.execute(first, connector, listStrictFiles);
    heldCall.catch(() => undefined);
    await waitUntil('the held token call', () => hold.isHolding);
    return { connector, heldCall, release: () => hold.release() };
  }

  describe('a refresh in one process while the user acts through another', () => {
    it('G103: does not undo a disconnect', async () => {
      const { ana, providers } = environment;
      const { connector, heldCall, release } = await aHeldRefresh('after_acting');
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      release();
      expect(await heldCall).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
      for (const server of [first, second]) {
        expect(await ana.status(server, connector)).toMatchObject({
          user_auth_status: 'not_connected',
        });
        expect(await ana.execute(server, connector, listStrictFiles)).toMatchObject({
          status: 'error',
          retry: false,
          authorization_reason: 'no_token',
        });
      }
      expect(providers.strict.tokenRequests()).toHaveLength(1);
    });

    it('G103: revokes tokens that arrive after the disconnect', async () => {
      const { admin, ana, providers } = environment;
      const { google } = providers;
      const connector = await createConnector(admin, first, driveByOwnApp(providers));
      await ana.connect(first, connector);
      google.expireAccessTokens({ account: 'ana' });
      google.clearRequests();
      const response = google.holdNext({ ...REFRESH, when: 'after_acting' });
      const heldCall = ana.execute(first, connector, searchFiles());
      await waitUntil('the held token call', () => response.isHolding);
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      response.release();
      expect(await heldCall).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
      // At the disconnect: refresh token and old access token. Later: the new access token.
      await waitUntil('the later revocation', () => revokedHashes(google).size === 3);
      expect(google.isGrantAlive('ana', google.client.clientId)).toBe(false);
      expect(await ana.status(first, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G103: revokes rotated tokens that arrive after the disconnect', async () => {
      const { admin, ana, providers } = environment;
      const { strict } = providers;
      // Quick Connect in front of the strict server, which rotates and can revoke. The API's
      // response does not matter here.
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
      expect(await heldCall).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
      // Two tokens at the disconnect, and two that arrived later.
      await waitUntil('the later revocations', () => revokedHashes(strict).size === 4);
      expect(strict.isGrantAlive('ana', 'dev-strict-ears')).toBe(false);
      expect(await ana.status(second, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G104: keeps the new grant when the user authorizes again', async () => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const { connector, heldCall, release } = await aHeldRefresh('after_acting');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      expect(strictOwner(await ana.execute(second, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
      release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      for (const server of [first, second]) await ana.execute(server, connector, listStrictFiles);
      // The older tokens would have worked as well, so compare which were sent: those of the new
      // grant, before and after.
      const sent = strict.requests({ endpoint: 'api' }).map(({ tokenHash }) => tokenHash);
      expect(sent).toHaveLength(4);
      expect(new Set(sent).size).toBe(1);
      // The new grant survives its own rotation.
      strict.clearRequests();
      await letTokenExpire(strict, ana, { server: second, connector });
      for (const server of [first, second]) {
        expect(strictOwner(await ana.execute(server, connector, listStrictFiles))).toBe(
          'ana@example.com',
        );
      }
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined, undefined]);
      expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
    });

    it('G89: adopts the newer stored token when the provider refuses the old one', async () => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const { connector, heldCall, release } = await aHeldRefresh('before_acting');
      strict.revokeGrant('ana');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      expect(
        strict.tokenRequests({ grantType: 'refresh_token' }).map(({ error }) => error),
      ).toEqual(['invalid_grant']);
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    });
  });

  /** Browsers use one URL of the installation, whichever process serves it. */
  async function reconnectThrough(server: ServerProcess, connector: string) {
    const { ana } = environment;
    const { authorizationUrl } = await ana.startFlow(server, connector);
    const callback = await ana.consent(first, authorizationUrl);
    return ana.call(server, { method: 'GET', path: `${callback.pathname}${callback.search}` });
  }

  /** Fingerprints of the tokens that a provider was asked to revoke. */
  function revokedHashes(provider: Pick<FakeOAuthServer, 'requests'>): Set<string | undefined> {
    return new Set(provider.requests({ endpoint: 'revoke' }).map(({ tokenHash }) => tokenHash));
  }
});
