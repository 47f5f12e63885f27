import {
  createConnector,
  driveByOwnApp,
  filesOwner,
  pathOf,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CROSS_SITE,
  continuesTo,
  OWN_CLICK,
  OWN_PAGE,
  openPage,
  postFromAnotherSite,
  press,
} from '../support/pages.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  let connector: string;
  beforeEach(async () => {
    const { admin, first, strict } = environment;
    connector = await createConnector(admin, first, strictFiles(environment));
    strict.clearRequests();
  });

  /**
   * Runs Ana's flow up to the callback URL to which the provider redirects her browser, and returns
   * path and query of that URL.
   */
  async function aCallback(of = connector): Promise<string> {
    const { ana, first } = environment;
    return await ana.callbackPath(first, of);
  }

  const open = (testUser: TestUser, path: string, server = environment.first) =>
    testUser.call(server, { method: 'GET', path, withKibanaHeaders: false });

  const exchanges = () => environment.strict.tokenRequests({ grantType: 'authorization_code' });

  const isConnected = async (testUser: TestUser): Promise<boolean> =>
    (await testUser.status(environment.second, connector))?.user_auth_status === 'connected';

  describe('the link that starts an authorization', () => {
    const link = (user = '') => `/api/actions/connector/${connector}/oauth/start${user}`;
    const expectNoFlow = async () => {
      const { ana, ben, second } = environment;
      expect(await ana.connectionStatus(second, connector)).toBe('not_connected');
      expect(await ben.connectionStatus(second, connector)).toBe('not_connected');
    };

    it('A11: starts nothing when an attacker’s page navigates to it, and shows who authorizes what', async () => {
      const page = await openPage(environment.ana, environment.first, link(), CROSS_SITE);
      expect(page.status).toBe(200);
      expect(page.headers.location).toBeUndefined();
      for (const words of ['Signed in as', 'ana', 'created by elastic', 'files.read'])
        expect(page.text).toContain(words);
      await expectNoFlow();
    });

    it('A11: starts the flow when the user presses its button, in any process', async () => {
      const { ana, first, second } = environment;
      const page = await openPage(ana, first, link(), CROSS_SITE);
      const deactivating = await press(ana, second, page, {
        headers: { ...OWN_CLICK, origin: first.url },
      });
      expect(deactivating.status).toBe(200);
      const callback = pathOf(await ana.consent(first, continuesTo(deactivating) ?? ''));
      const result = await open(ana, callback, second);
      expect(result.status).toBe(200);
      expect(await isConnected(ana)).toBe(true);
    });

    it('A11: cannot be confirmed by a form of another site', async () => {
      const { ana, first } = environment;
      const page = await openPage(ana, first, link(), CROSS_SITE);
      for (const headers of [
        { ...CROSS_SITE, origin: 'https://evil.example' },
        { origin: 'https://evil.example' },
        { ...CROSS_SITE, 'sec-fetch-site': 'same-site', origin: 'null' },
      ]) {
        expect((await press(ana, first, page, { headers })).status).toBe(403);
      }
      const forged = { token: 'x'.repeat(43) };
      expect((await press(ana, first, page, { fields: forged })).status).toBe(403);
      await expectNoFlow();
    });

    it('A11: shows the page, not the provider, when the login page opened it, though the user clicked there', async () => {
      const { ana, first } = environment;
      const { username, password } = ana;
      const browser = new TestUser({ username, password });
      const crossSite = await openPage(browser, first, link(), CROSS_SITE);
      expect(crossSite.status).toBe(302);
      const login = new URL(crossSite.headers.location ?? '', first.url);
      await browser.logIn(first);
      const next = login.searchParams.get('next') ?? '';
      expect(next).toBe(link());
      const page = await openPage(browser, first, next, OWN_PAGE);
      expect(page.status).toBe(200);
      expect(page.text).toContain('Continue to');
      await expectNoFlow();
    });

    it('A11: gets 403 and no link when another site sends the form without a session', async () => {
      const response = await postFromAnotherSite(environment.first, {
        url: new URL(link(), environment.first.url),
        fields: { version: 'x', token: 'x' },
      });
      expect(response.status).toBe(403);
      expect(response.text).not.toContain('<a ');
      await expectNoFlow();
    });

    it('A11: shows the page after the login page has redirected a signed-in user to it', async () => {
      const { ana, first } = environment;
      for (const headers of [OWN_PAGE, OWN_CLICK]) {
        const login = `/login?next=${encodeURIComponent(link())}`;
        const redirect = await openPage(ana, first, login, headers);
        expect(redirect).toMatchObject({ status: 302, headers: { location: link() } });
        // Browsers send no Referer with the requests that follow (Referrer Policy §4.1), on
        // whichever page the user clicked.
        expect(redirect.headers['referrer-policy']).toBe('no-referrer');
        expect((await openPage(ana, first, link(), OWN_PAGE)).status).toBe(200);
      }
      await expectNoFlow();
    });

    it('A12: names the user for whom it was made, and starts nothing when another user opens it', async () => {
      const { ana, ben, first } = environment;
      const page = await openPage(ben, first, link('?user=ana'), CROSS_SITE);
      expect(page.status).toBe(403);
      expect(page.text).toContain('meant for [ana], and you are signed in as [ben]');
      const mine = await openPage(ana, first, link('?user=ana'), CROSS_SITE);
      expect((await press(ben, first, mine)).status).toBe(403);
      await expectNoFlow();
      expect(continuesTo(await press(ana, first, mine))).toBeDefined();
    });
  });

  describe('a callback', () => {
    it('A4: works once, and calls the provider once', async () => {
      const { ana, first, second } = environment;
      const callback = await aCallback();
      expect((await open(ana, callback)).status).toBe(200);
      for (const server of [first, second]) {
        expect((await open(ana, callback, server)).status).toBe(400);
      }
      expect(exchanges()).toHaveLength(1);
      expect(await filesOwner(ana, second, connector)).toBe('ana@example.com');
    });

    it('A32: connects when the user grants fewer scopes than requested, and the status names the granted scopes', async () => {
      const { admin, ana, first, second } = environment;
      // The provider does not know the second scope, so its response omits that scope.
      const over = { scope: 'openid files.read files.write' };
      const body = strictFiles(environment, over);
      const wanting = await createConnector(admin, first, body);
      const page = await openPage(ana, first, `/api/actions/connector/${wanting}/oauth/start`);
      expect(page.text).toContain('files.write');
      expect((await open(ana, await aCallback(wanting))).status).toBe(200);
      expect(await ana.status(second, wanting)).toMatchObject({
        connection_status: 'connected',
        scopes: ['openid', 'files.read'],
      });
    });

    it('A5: works exactly once when it reaches two processes at the same time', async () => {
      const { ana, first, second } = environment;
      const callback = await aCallback();
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, index) => open(ana, callback, index % 2 ? first : second)),
      );
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(responses.filter(({ status }) => status === 400)).toHaveLength(9);
      expect(exchanges()).toHaveLength(1);
      expect(await isConnected(ana)).toBe(true);
    });

    it('A6: is used up when the user refuses, so that a later code for the same flow is refused', async () => {
      const { ana, first, strict } = environment;
      const callback = await aCallback();
      const { pathname, searchParams } = new URL(callback, first.url);
      const state = searchParams.get('state');
      const denied = `${pathname}?error=access_denied&state=${state}&iss=${strict.origin}`;
      expect((await open(ana, denied)).status).toBe(400);
      expect((await open(ana, callback)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(ana)).toBe(false);
    });

    it('A7: connects neither user when the flow is that of another user', async () => {
      const { ana, ben } = environment;
      const callback = await aCallback();
      expect((await open(ben, callback)).status).toBe(403);
      expect((await open(ana, callback)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await Promise.all([ana, ben].map(isConnected))).toEqual([false, false]);
    });

    it('A8: is refused in another browser of the same user', async () => {
      const { ana, first } = environment;
      const callback = await aCallback();
      const { username, password } = ana;
      const otherBrowser = new TestUser({ username, password });
      await otherBrowser.logIn(first);
      expect((await open(otherBrowser, callback)).status).toBe(403);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(ana)).toBe(false);
    });

    it('A9: connects no victim when the flow is that of an attacker', async () => {
      const { ana, ben, first } = environment;
      const callback = await ben.callbackPath(first, connector);
      const response = await open(ana, callback);
      expect(response.status).toBe(403);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(ana)).toBe(false);
    });

    it('A14: reaches no token endpoint when it arrives on the callback path of another provider', async () => {
      const { ana, first } = environment;
      const callback = new URL(await aCallback(), first.url);
      const elsewhere = callback.pathname.replace(/[^/]+$/, 'another-provider');
      expect((await open(ana, `${elsewhere}${callback.search}`)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(ana)).toBe(false);
    });

    describe('of a provider that posts it', () => {
      let posting: string;
      beforeEach(async () => {
        const { admin, first, strict } = environment;
        const { authorizationEndpoint } = strict;
        const authorizationUrl = `${authorizationEndpoint}?response_mode=form_post`;
        const body = strictFiles(environment, { authorizationUrl });
        posting = await createConnector(admin, first, body);
      });

      const aForm = async () => {
        const { ana, first } = environment;
        const { authorizationUrl } = await ana.startFlow(first, posting);
        return ana.consentToForm(first, authorizationUrl);
      };

      it('connects the user once, over two processes, through a page that has the cookies', async () => {
        const { ana, first, second } = environment;
        const page = await postFromAnotherSite(second, await aForm());
        expect([page.status, page.headers['set-cookie']]).toEqual([200, undefined]);
        expect(exchanges()).toHaveLength(0);
        const responses = await Promise.all(
          Array.from({ length: 6 }, (_, index) => press(ana, index % 2 ? first : second, page)),
        );
        expect(responses.map(({ status }) => status).sort()).toEqual([
          200, 400, 400, 400, 400, 400,
        ]);
        expect(exchanges()).toHaveLength(1);
        expect(await filesOwner(ana, second, posting)).toBe('ana@example.com');
      });

      it('A25: is refused when it arrives as a query, a callback of another provider is refused as a form, and both use up their state', async () => {
        const { ana, first } = environment;
        const { url, fields } = await aForm();
        const asQuery = `${url.pathname}?${new URLSearchParams(fields)}`;
        expect((await open(ana, asQuery)).status).toBe(400);
        const page = await postFromAnotherSite(first, { url, fields });
        expect((await press(ana, first, page)).text).toContain('already completed or ended');

        const callback = new URL(await aCallback(), first.url);
        const asForm = { url: callback, fields: Object.fromEntries(callback.searchParams) };
        const forged = await press(ana, first, await postFromAnotherSite(first, asForm));
        expect(forged.status).toBe(400);
        expect(forged.text).toContain('did not arrive in the requested form');
        expect((await open(ana, pathOf(callback))).status).toBe(400);
        expect(exchanges()).toHaveLength(0);
        expect(await isConnected(ana)).toBe(false);
      });

      it('A7, A9: connects no other user', async () => {
        const { ana, ben, first } = environment;
        const page = await postFromAnotherSite(first, await aForm());
        expect((await press(ben, first, page)).status).toBe(403);
        expect((await press(ana, first, page)).status).toBe(400);
        expect(exchanges()).toHaveLength(0);
      });
    });

    it.each([
      ['A14: with code and state of Drive, on the path of the strict provider', 'drive'],
      ['A16: with code and state of the strict provider, on the path of Drive', 'strict'],
    ])('%s, reaches neither token endpoint', async (_title, from) => {
      const { admin, ana, first, second, google } = environment;
      const drive = await createConnector(admin, first, driveByOwnApp(environment));
      const [own, other] = from === 'drive' ? [drive, connector] : [connector, drive];
      const mine = new URL(await aCallback(own), first.url);
      const theirs = new URL(await aCallback(other), first.url);
      expect(mine.pathname).not.toBe(theirs.pathname);
      google.clearRequests();
      const response = await open(ana, `${theirs.pathname}${mine.search}`, second);
      expect(response.status).toBe(400);
      expect(response.text).toContain('did not come from the provider');
      expect(exchanges()).toHaveLength(0);
      expect(google.requests({ endpoint: 'token' })).toHaveLength(0);
      expect(await isConnected(ana)).toBe(false);
      expect((await ana.status(second, drive))?.user_auth_status).not.toBe('connected');
    });
  });
});
