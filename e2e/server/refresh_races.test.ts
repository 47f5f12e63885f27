import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeOAuthServer } from '@latchkey/dev-providers';
import {
  createConnector,
  driveByOwnApp,
  listStrictFiles,
  searchFiles,
  strictFiles,
  strictOwner,
} from '../support/connectors.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { type Installation, twoUsers } from '../support/installation.ts';
import { type ServerProcess, stopEverything } from '../support/start_server.ts';
import { onEachStore } from '../support/stores.ts';
import { waitUntil } from '../support/wait_until.ts';

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

  /** Ana, connected to a connector of its own, with a token that is over; the first process then refreshes, and hears nothing until `letGo`. */
  async function aLateRefresh(when: 'before_acting' | 'after_acting') {
    const { admin, ana, providers } = environment;
    const { strict } = providers;
    const connector = await createConnector(admin, first, strictFiles(providers));
    await ana.connect(first, connector);
    await letTokenExpire(strict, ana, { server: first, connector });
    strict.clearRequests();
    const hold = strict.holdNext({ ...REFRESH, when });
    const late = ana.execute(first, connector, listStrictFiles);
    late.catch(() => undefined);
    await waitUntil('the late token call', () => hold.isHolding);
    return { connector, late, letGo: () => hold.release() };
  }

  describe('a refresh in one process while the person acts through another', () => {
    it('G103: does not undo a disconnect', async () => {
      const { ana, providers } = environment;
      const { connector, late, letGo } = await aLateRefresh('after_acting');
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      letGo();
      expect(await late).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
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
      const late = ana.execute(first, connector, searchFiles());
      await waitUntil('the late token call', () => response.isHolding);
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      response.release();
      expect(await late).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
      // Refresh token and old access token at the disconnect; the late access token after it.
      await waitUntil('the late revocation', () => revokedHashes(google).size === 3);
      expect(google.isGrantAlive('ana', google.client.clientId)).toBe(false);
      expect(await ana.status(first, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G103: revokes rotated tokens that arrive after the disconnect', async () => {
      const { admin, ana, providers } = environment;
      const { strict } = providers;
      // Quick Connect in front of the strict server, which rotates and can revoke. What the API would say does not matter here.
      const connector = await createConnector(admin, first, {
        name: 'Rotating, revocable',
        connector_type_id: '.google_drive',
        secrets: { authType: 'ears', provider: 'microsoft', scope: 'openid Files.Read.All' },
      });
      strict.settings.accessTokenTtlSeconds = 1;
      expect((await ana.connect(first, connector)).status).toBe(200);
      strict.settings.accessTokenTtlSeconds = 3600;
      const end = (await ana.status(first, connector))?.expires_at;
      await waitUntil('the end of the token', () => Date.parse(String(end)) < Date.now());
      strict.clearRequests();
      const response = strict.holdNext({ ...REFRESH, when: 'after_acting' });
      const late = ana.execute(first, connector, searchFiles());
      await waitUntil('the rotation', () => response.isHolding);
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      response.release();
      expect(await late).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
      // Two tokens at the disconnect, and the two that came late.
      await waitUntil('the late revocations', () => revokedHashes(strict).size === 4);
      expect(strict.isGrantAlive('ana', 'dev-strict-ears')).toBe(false);
      expect(await ana.status(second, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
    });

    it('G104: keeps the new grant when the person authorizes again', async () => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const { connector, late, letGo } = await aLateRefresh('after_acting');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      expect(strictOwner(await ana.execute(second, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
      letGo();
      expect(strictOwner(await late)).toBe('ana@example.com');
      for (const server of [first, second]) await ana.execute(server, connector, listStrictFiles);
      // The late tokens would have worked as well, so look at which were used: those of the new grant, before and after.
      const sent = strict.requests({ endpoint: 'api' }).map(({ tokenHash }) => tokenHash);
      expect(sent).toHaveLength(4);
      expect(new Set(sent).size).toBe(1);
      // The new grant lives on through its own rotation.
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

    it('G89: adopts the newer token of the store when the provider refuses the old one', async () => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const { connector, late, letGo } = await aLateRefresh('before_acting');
      strict.revokeGrant('ana');
      expect((await reconnectThrough(second, connector)).status).toBe(200);
      letGo();
      expect(strictOwner(await late)).toBe('ana@example.com');
      expect(
        strict.tokenRequests({ grantType: 'refresh_token' }).map(({ error }) => error),
      ).toEqual(['invalid_grant']);
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    });
  });

  /** The browser knows the installation by one URL, whichever process answers behind it. */
  async function reconnectThrough(server: ServerProcess, connector: string) {
    const { ana } = environment;
    const { authorizationUrl } = await ana.startFlow(server, connector);
    const callback = await ana.consent(first, authorizationUrl);
    return ana.call(server, { method: 'GET', path: `${callback.pathname}${callback.search}` });
  }

  /** Names of the tokens that a provider was asked to revoke. */
  function revokedHashes(provider: Pick<FakeOAuthServer, 'requests'>): Set<string | undefined> {
    return new Set(provider.requests({ endpoint: 'revoke' }).map(({ tokenHash }) => tokenHash));
  }
});
