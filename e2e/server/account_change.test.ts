import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { CROSS_SITE, OWN_CLICK, openPage, press } from '../rig/pages.ts';
import { Person } from '../rig/person.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';
import { waitUntil } from '../rig/wait_until.ts';

onEachStore((store) => {
  let house: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  let connector: string;
  beforeAll(async () => {
    house = await twoPeople({ store, processes: 2 });
    const [one, other = one] = house.servers;
    [first, second] = [one, other];
  });
  beforeEach(async () => {
    const { strict } = house.providers;
    for (const account of ['ana', 'ben']) strict.revokeGrant(account);
    const { revocationEndpoint: revocationUrl } = strict;
    const body = strictFiles(house.providers, { revocationUrl });
    connector = await createConnector(house.admin, first, body);
  });
  afterAll(stopEverything);

  const alive = (account: 'ana' | 'ben') => house.providers.strict.isGrantAlive(account);

  describe('A33: an authorization with another account', () => {
    /** Ana is connected, and returns from the provider as Ben. @returns URL of the page */
    async function aHeldAccount(): Promise<string> {
      expect((await house.ana.connect(first, connector)).status).toBe(200);
      const { authorizationUrl } = await house.ana.startFlow(first, connector);
      const callback = await house.ana.consent(first, authorizationUrl, 'ben');
      const answer = await openPage(house.ana, first, `${callback.pathname}${callback.search}`);
      expect(answer.status).toBe(302);
      return answer.headers.location ?? '';
    }
    const owner = async (server = second) =>
      strictOwner(await house.ana.execute(server, connector, listStrictFiles));

    it('changes nothing until the user confirms it, in any process', async () => {
      const page = await openPage(house.ana, second, await aHeldAccount());
      expect(page.text).toContain('ana@example.com');
      expect(page.text).toContain('Change to ben@example.com');
      expect(await owner()).toBe('ana@example.com');
      const result = await press(house.ana, second, page, {
        button: 'change',
        headers: { ...OWN_CLICK, origin: first.url },
      });
      expect(result.status).toBe(200);
      expect(await owner(first)).toBe('ben@example.com');
      await waitUntil('the old grant revoked', () => !alive('ana'));
      expect(alive('ben')).toBe(true);
    });

    it('cannot be confirmed by a form of another site, another browser or another user', async () => {
      const path = await aHeldAccount();
      const page = await openPage(house.ana, first, path);
      const foreign = { ...CROSS_SITE, origin: 'https://evil.example' };
      const forged = await press(house.ana, first, page, { button: 'change', headers: foreign });
      expect(forged.status).toBe(403);
      expect((await openPage(house.ben, first, path)).status).toBe(404);
      const { username, password } = house.ana;
      const otherBrowser = new Person({ username, password });
      await otherBrowser.logIn(second);
      const there = await openPage(otherBrowser, second, path);
      expect(there.text).not.toContain('value="change"');
      expect(await owner()).toBe('ana@example.com');
    });

    it('is revoked at the provider when the user keeps the connected account, or disconnects', async () => {
      const page = await openPage(house.ana, first, await aHeldAccount());
      expect((await press(house.ana, first, page, { button: 'keep' })).status).toBe(409);
      await waitUntil('the held grant revoked', () => !alive('ben'));
      expect(await owner()).toBe('ana@example.com');
      await aHeldAccount();
      await house.ana.disconnect(second, connector);
      await waitUntil('both grants revoked', () => !alive('ana') && !alive('ben'));
    });
  });
});
