import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  driveByEars,
  driveByOwnApp,
  type Installation,
  type ServerProcess,
  stopEverything,
  twoUsers,
  waitUntil,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { OWN_CLICK, openPage, press } from '../support/pages.ts';

onEachStore((store) => {
  let environment: Installation;
  let server: ServerProcess;
  beforeAll(async () => {
    environment = await twoUsers({ store });
    [server] = environment.servers;
  });
  afterAll(stopEverything);

  describe.each([
    ['an own client', () => driveByOwnApp(environment.providers)],
    ['EARS', () => driveByEars],
  ])('Google Drive through %s', (_title, body) => {
    it('A33: shows the account, and holds an authorization with another account until it is confirmed', async () => {
      const { ana, admin, providers } = environment;
      const connector = await createConnector(admin, server, body());
      expect((await ana.connect(server, connector)).status).toBe(200);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ana@example.com' });
      expect((await ana.connect(server, connector)).status).toBe(200);

      const { authorizationUrl } = await ana.startFlow(server, connector);
      const callback = await ana.consent(server, authorizationUrl, 'ben');
      const held = await openPage(ana, server, `${callback.pathname}${callback.search}`);
      expect(held.status).toBe(302);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ana@example.com' });
      const page = await openPage(ana, server, held.headers.location ?? '');
      expect(page.text).toContain('Change to ben@example.com');
      const headers = { ...OWN_CLICK, origin: server.url };
      expect((await press(ana, server, page, { button: 'change', headers })).status).toBe(200);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ben@example.com' });
      await waitUntil('the end of the first grant', () => !providers.google.isGrantAlive('ana'));
      expect((await ana.disconnect(server, connector)).status).toBe(204);
      await waitUntil('the end of the second grant', () => !providers.google.isGrantAlive('ben'));
    });
  });
});
