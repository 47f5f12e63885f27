import { waitUntil } from '@latchkey/core/server/wait_until';
import { createConnector, driveByEars, driveByOwnApp } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import { openHeldCallback, openPage, press } from '../support/pages.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

onEachStore((store) => {
  const environment = startBeforeAll({ store });

  describe.each([
    ['an own client', () => driveByOwnApp(environment)],
    ['EARS', () => driveByEars],
  ])('Google Drive through %s', (_title, body) => {
    it('A33: shows the account, and holds an authorization with another account until the user confirms it', async () => {
      const { ana, admin, google, first: server } = environment;
      const connector = await createConnector(admin, server, body());
      expect((await ana.connect(server, connector)).status).toBe(200);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ana@example.com' });
      expect((await ana.connect(server, connector)).status).toBe(200);

      const callback = await ana.callbackPath(server, connector, { account: 'ben' });
      const held = await openHeldCallback(ana, server, callback);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ana@example.com' });
      const page = await openPage(ana, server, held);
      expect(page.text).toContain('Change to ben@example.com');
      expect((await press(ana, server, page, { button: 'change' })).status).toBe(200);
      expect(await ana.status(server, connector)).toMatchObject({ account: 'ben@example.com' });
      await waitUntil('the end of the first grant', () => !google.isGrantAlive('ana'));
      expect((await ana.disconnect(server, connector)).status).toBe(204);
      await waitUntil('the end of the second grant', () => !google.isGrantAlive('ben'));
    });
  });
});
