import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  driveByEars,
  driveByOwnApp,
  driveNames,
  searchFiles,
} from '../rig/connectors.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';
import { waitUntil } from '../rig/wait_until.ts';

onEachStore((store) => {
  let house: Installation;
  beforeAll(async () => {
    house = await twoPeople({ store });
  });
  afterAll(stopEverything);

  const ways = [
    { way: 'Quick Connect', body: () => driveByEars },
    { way: 'an own OAuth app', body: () => driveByOwnApp(house.providers) },
  ] as const;

  describe.each(ways)('main job by $way', ({ body }) => {
    let connector: string;
    beforeAll(async () => {
      connector = await createConnector(house.admin, house.servers[0], body());
    });

    it('main job: says how to go on before anybody authorized', async () => {
      const answer = await house.ana.execute(house.servers[0], connector, searchFiles());
      expect(answer).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'no_token',
      });
    });

    it('main job: lets each person see their own files and nobody else’s', async () => {
      const [server] = house.servers;
      for (const person of [house.ana, house.ben]) {
        expect((await person.connect(server, connector)).status).toBe(200);
        expect(await person.status(server, connector)).toMatchObject({
          user_auth_status: 'connected',
          connection_status: 'connected',
        });
      }
      const [anas, bens] = await Promise.all(
        [house.ana, house.ben].map(async (person) =>
          driveNames(await person.execute(server, connector, searchFiles())),
        ),
      );
      expect(anas).toEqual(expect.arrayContaining(['Quarterly plan', 'Budget 2026']));
      expect(bens).toEqual(expect.arrayContaining(['Travel notes', 'Packing list.txt']));
      expect(anas?.filter((name) => bens?.includes(name))).toEqual([]);
    });

    it('main job: refreshes once when the token is over, and goes on', async () => {
      const { google, ears } = house.providers;
      const [server] = house.servers;
      const refreshes = () => google.requests({ endpoint: 'token', grantType: 'refresh_token' });
      google.settings.accessTokenLifetimeSeconds = 1;
      // What the API answers does not matter: on a busy machine the token is over before it gets there.
      await refreshNow();
      google.settings.accessTokenLifetimeSeconds = 3600;
      const shortLived = await house.ana.status(server, connector);
      await waitUntil(
        'the end of the token',
        () => Date.parse(String(shortLived?.expires_at)) < Date.now(),
      );
      const before = refreshes().length;
      ears.clearRequests();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => house.ana.execute(server, connector, searchFiles('plan'))),
      );
      for (const answer of answers) expect(driveNames(answer)).toContain('Quarterly plan');
      expect(refreshes()).toHaveLength(before + 1);

      async function refreshNow() {
        google.expireAccessTokens({ account: 'ana' });
        return house.ana.execute(server, connector, searchFiles());
      }
    });

    it('main job: refreshes and repeats when the provider ends a token in mid-life', async () => {
      const { google } = house.providers;
      const [server] = house.servers;
      google.clearRequests();
      expect(google.expireAccessTokens({ account: 'ana' })).toBeGreaterThan(0);
      const answer = await house.ana.execute(server, connector, searchFiles('plan'));
      expect(driveNames(answer)).toContain('Quarterly plan');
      expect(google.requests({ endpoint: 'drive' }).map(({ status }) => status)).toEqual([
        401, 200,
      ]);
      expect(google.requests({ endpoint: 'token' })).toHaveLength(1);
    });

    it('main job: revokes at the provider when a person disconnects, and leaves the other one alone', async () => {
      const { google } = house.providers;
      const { ana, ben } = house;
      const [server] = house.servers;
      google.clearRequests();
      expect((await ben.disconnect(server, connector)).status).toBe(204);
      // The request is seen before the provider has acted on it.
      await waitUntil('the revocation', () => !google.isGrantAlive('ben', clientOf()));
      expect(
        google
          .requests({ endpoint: 'revoke' })
          .every(({ account }) => account !== 'ana@example.com'),
      ).toBe(true);
      expect(google.isGrantAlive('ana', clientOf())).toBe(true);
      expect(await ben.execute(server, connector, searchFiles())).toMatchObject({
        status: 'error',
        retry: false,
        authorization_reason: 'no_token',
      });
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
