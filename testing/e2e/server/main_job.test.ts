import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  driveByEars,
  driveByOwnApp,
  driveNames,
  searchFiles,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

onEachStore((store) => {
  const environment = startBeforeAll({ store });

  const ways = [
    { way: 'Quick Connect', body: () => driveByEars },
    { way: 'an own OAuth app', body: () => driveByOwnApp(environment) },
  ] as const;

  describe.each(ways)('Google Drive for two users by $way', ({ body }) => {
    let connector: string;
    beforeAll(async () => {
      connector = await createConnector(environment.admin, environment.first, body());
    });

    it('asks the user to authorize before the first use', async () => {
      const response = await environment.ana.execute(environment.first, connector, searchFiles());
      expect(response).toMatchObject(mustAuthorize('no_token'));
    });

    it('lets each user see only their own files', async () => {
      const { first: server, ana, ben } = environment;
      for (const user of [ana, ben]) {
        expect((await user.connect(server, connector)).status).toBe(200);
        expect(await user.status(server, connector)).toMatchObject({
          user_auth_status: 'connected',
          connection_status: 'connected',
        });
      }
      const [anas, bens] = await Promise.all(
        [ana, ben].map(async (user) =>
          driveNames(await user.execute(server, connector, searchFiles())),
        ),
      );
      expect(anas).toEqual(expect.arrayContaining(['Quarterly plan', 'Budget 2026']));
      expect(bens).toEqual(expect.arrayContaining(['Travel notes', 'Packing list.txt']));
      expect(anas?.filter((name) => bens?.includes(name))).toEqual([]);
    });

    it('refreshes once when the token has expired, and continues', async () => {
      const { google, ears } = environment.providers;
      const { first: server, ana } = environment;
      const refreshes = () => google.requests({ endpoint: 'token', grantType: 'refresh_token' });
      google.settings.accessTokenLifetimeSeconds = 1;
      // The API's response does not matter here: on a busy machine the token may expire before the
      // request reaches the API.
      await refreshNow();
      google.settings.accessTokenLifetimeSeconds = 3600;
      const shortLived = await ana.status(server, connector);
      await waitUntil(
        'the expiry of the token',
        () => Date.parse(String(shortLived?.expires_at)) < Date.now(),
      );
      const before = refreshes().length;
      ears.clearRequests();
      const responses = await Promise.all(
        Array.from({ length: 20 }, () => ana.execute(server, connector, searchFiles('plan'))),
      );
      for (const response of responses) expect(driveNames(response)).toContain('Quarterly plan');
      expect(refreshes()).toHaveLength(before + 1);

      async function refreshNow() {
        google.expireAccessTokens({ account: 'ana' });
        return ana.execute(server, connector, searchFiles());
      }
    });

    it('refreshes the token and repeats the call when the provider ends an access token early', async () => {
      const { google, first: server, ana } = environment;
      google.clearRequests();
      expect(google.expireAccessTokens({ account: 'ana' })).toBeGreaterThan(0);
      const response = await ana.execute(server, connector, searchFiles('plan'));
      expect(driveNames(response)).toContain('Quarterly plan');
      expect(google.requests({ endpoint: 'drive' }).map(({ status }) => status)).toEqual([
        401, 200,
      ]);
      expect(google.requests({ endpoint: 'token' })).toHaveLength(1);
    });

    it('revokes the tokens at the provider when a user disconnects, and keeps the other user connected', async () => {
      const { ana, ben, first: server, google } = environment;
      google.clearRequests();
      expect((await ben.disconnect(server, connector)).status).toBe(204);
      // The provider records the request before it acts on it.
      await waitUntil('the revocation', () => !google.isGrantAlive('ben', clientOf()));
      expect(
        google
          .requests({ endpoint: 'revoke' })
          .every(({ account }) => account !== 'ana@example.com'),
      ).toBe(true);
      expect(google.isGrantAlive('ana', clientOf())).toBe(true);
      expect(await ben.execute(server, connector, searchFiles())).toMatchObject(
        mustAuthorize('no_token'),
      );
      expect(await ben.status(server, connector)).toMatchObject({
        user_auth_status: 'not_connected',
      });
      expect(driveNames(await ana.execute(server, connector, searchFiles('plan')))).toContain(
        'Quarterly plan',
      );

      function clientOf(): string {
        return body() === driveByEars
          ? 'dev-ears.apps.googleusercontent.com'
          : google.client.clientId;
      }
    });
  });
});
