import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  filesOwner,
  revocableStrictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeEach, describe, expect, it } from 'vitest';
import { CROSS_SITE, OWN_CLICK, openHeldCallback, openPage, press } from '../support/pages.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  let connector: string;
  beforeEach(async () => {
    const { strict, first, admin } = environment;
    for (const account of ['ana', 'ben']) strict.revokeGrant(account);
    connector = await createConnector(admin, first, revocableStrictFiles(environment));
  });

  const alive = (account: 'ana' | 'ben') => environment.strict.isGrantAlive(account);

  describe('A33: an authorization with another account', () => {
    /**
     * Connects Ana with her own account, then lets her return from the provider with Ben's.
     * @returns URL of the confirmation page
     */
    async function aHeldAccount(): Promise<string> {
      const { ana, first } = environment;
      expect((await ana.connect(first, connector)).status).toBe(200);
      const callback = await ana.callbackPath(first, connector, { account: 'ben' });
      return openHeldCallback(ana, first, callback);
    }
    const owner = (server = environment.second) => filesOwner(environment.ana, server, connector);

    it('changes nothing until the user confirms it, in any process', async () => {
      const { ana, first, second } = environment;
      const page = await openPage(ana, second, await aHeldAccount());
      expect(page.text).toContain('ana@example.com');
      expect(page.text).toContain('Change to ben@example.com');
      expect(await owner()).toBe('ana@example.com');
      const headers = { ...OWN_CLICK, origin: first.url };
      const result = await press(ana, second, page, { button: 'change', headers });
      expect(result.status).toBe(200);
      expect(await owner(first)).toBe('ben@example.com');
      await waitUntil('the old grant revoked', () => !alive('ana'));
      expect(alive('ben')).toBe(true);
    });

    it('cannot be confirmed by a form of another site, another browser or another user', async () => {
      const { ana, ben, first, second } = environment;
      const path = await aHeldAccount();
      const page = await openPage(ana, first, path);
      const foreign = { ...CROSS_SITE, origin: 'https://evil.example' };
      const forged = await press(ana, first, page, { button: 'change', headers: foreign });
      expect(forged.status).toBe(403);
      expect((await openPage(ben, first, path)).status).toBe(404);
      const { username, password } = ana;
      const otherBrowser = new TestUser({ username, password });
      await otherBrowser.logIn(second);
      const there = await openPage(otherBrowser, second, path);
      expect(there.text).not.toContain('value="change"');
      expect(await owner()).toBe('ana@example.com');
    });

    it('is revoked at the provider when the user keeps the connected account, or disconnects', async () => {
      const { ana, first, second } = environment;
      const page = await openPage(ana, first, await aHeldAccount());
      expect((await press(ana, first, page, { button: 'keep' })).status).toBe(409);
      await waitUntil('the held grant revoked', () => !alive('ben'));
      expect(await owner()).toBe('ana@example.com');
      await aHeldAccount();
      await ana.disconnect(second, connector);
      await waitUntil('both grants revoked', () => !alive('ana') && !alive('ben'));
    });
  });
});
