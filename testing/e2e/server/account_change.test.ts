import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  strictOwner,
  TestUser,
  twoUsers,
  waitUntil,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { CROSS_SITE, OWN_CLICK, openPage, press } from '../support/pages.ts';

onEachStore((store) => {
  let environment: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  let connector: string;
  beforeAll(async () => {
    environment = await twoUsers({ store, processes: 2 });
    const [one, other = one] = environment.servers;
    [first, second] = [one, other];
  });
  beforeEach(async () => {
    const { strict } = environment.providers;
    for (const account of ['ana', 'ben']) strict.revokeGrant(account);
    const { revocationEndpoint: revocationUrl } = strict;
    const body = strictFiles(environment.providers, { revocationUrl });
    connector = await createConnector(environment.admin, first, body);
  });
  afterAll(stopEverything);

  const alive = (account: 'ana' | 'ben') => environment.providers.strict.isGrantAlive(account);

  describe('DESC A33: an authorization with another account', () => {
    /**
     * Connects Ana as herself; then she returns from the provider as Ben.
     * @returns URL of the confirmation page
     */
    async function aHeldAccount(): Promise<string> {
      expect((await environment.ana.connect(first, connector)).status).toBe(200);
      const { authorizationUrl } = await environment.ana.startFlow(first, connector);
      const callback = await environment.ana.consent(first, authorizationUrl, 'ben');
      const response = await openPage(
        environment.ana,
        first,
        `${callback.pathname}${callback.search}`,
      );
      expect(response.status).toBe(302);
      return response.headers.location ?? '';
    }
    const owner = async (server = second) =>
      strictOwner(await environment.ana.execute(server, connector, listStrictFiles));

    it('changes nothing until the user confirms it, in any process', async () => {
      const page = await openPage(environment.ana, second, await aHeldAccount());
      expect(page.text).toContain('ana@example.com');
      expect(page.text).toContain('Change to ben@example.com');
      expect(await owner()).toBe('ana@example.com');
      const result = await press(environment.ana, second, page, {
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
      const page = await openPage(environment.ana, first, path);
      const foreign = { ...CROSS_SITE, origin: 'https://evil.example' };
      const forged = await press(environment.ana, first, page, {
        button: 'change',
        headers: foreign,
      });
      expect(forged.status).toBe(403);
      expect((await openPage(environment.ben, first, path)).status).toBe(404);
      const { username, password } = environment.ana;
      const otherBrowser = new TestUser({ username, password });
      await otherBrowser.logIn(second);
      const there = await openPage(otherBrowser, second, path);
      expect(there.text).not.toContain('value="change"');
      expect(await owner()).toBe('ana@example.com');
    });

    it('is revoked at the provider when the user keeps the connected account, or disconnects', async () => {
      const page = await openPage(environment.ana, first, await aHeldAccount());
      expect((await press(environment.ana, first, page, { button: 'keep' })).status).toBe(409);
      await waitUntil('the held grant revoked', () => !alive('ben'));
      expect(await owner()).toBe('ana@example.com');
      await aHeldAccount();
      await environment.ana.disconnect(second, connector);
      await waitUntil('both grants revoked', () => !alive('ana') && !alive('ben'));
    });
  });
});
