import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  driveByOwnApp,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  strictOwner,
  TestUser,
  twoUsers,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import {
  CROSS_SITE,
  continuesTo,
  OWN_CLICK,
  OWN_PAGE,
  openPage,
  postFromAnotherSite,
  press,
} from '../support/pages.ts';

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
    connector = await createConnector(environment.admin, first, strictFiles(environment.providers));
    environment.providers.strict.clearRequests();
  });
  afterAll(stopEverything);

  /** Runs Ana's flow up to the callback URL to which the provider redirects her browser. */
  async function aCallback(of = connector): Promise<string> {
    const { authorizationUrl } = await environment.ana.startFlow(first, of);
    const callback = await environment.ana.consent(first, authorizationUrl);
    return `${callback.pathname}${callback.search}`;
  }

  const open = (testUser: TestUser, path: string, server = first) =>
    testUser.call(server, { method: 'GET', path, withKibanaHeaders: false });

  const exchanges = () =>
    environment.providers.strict.tokenRequests({ grantType: 'authorization_code' });

  const isConnected = async (testUser: TestUser): Promise<boolean> =>
    (await testUser.status(second, connector))?.user_auth_status === 'connected';

  describe('a link', () => {
    const link = (user = '') => `/api/actions/connector/${connector}/oauth/start${user}`;
    const expectNoFlow = async () => {
      expect((await environment.ana.status(second, connector))?.connection_status).toBe(
        'not_connected',
      );
      expect((await environment.ben.status(second, connector))?.connection_status).toBe(
        'not_connected',
      );
    };

    it('A11: starts nothing when an attacker’s page navigates to it, and shows who authorizes what', async () => {
      const page = await openPage(environment.ana, first, link(), CROSS_SITE);
      expect(page.status).toBe(200);
      expect(page.headers.location).toBeUndefined();
      for (const words of ['Signed in as', 'ana', 'created by elastic', 'files.read'])
        expect(page.text).toContain(words);
      await expectNoFlow();
    });

    it('A11: starts when its button is pressed, in any process', async () => {
      const page = await openPage(environment.ana, first, link(), CROSS_SITE);
      const deactivating = await press(environment.ana, second, page, {
        headers: { ...OWN_CLICK, origin: first.url },
      });
      expect(deactivating.status).toBe(200);
      const callback = await environment.ana.consent(first, continuesTo(deactivating) ?? '');
      const result = await open(environment.ana, `${callback.pathname}${callback.search}`, second);
      expect(result.status).toBe(200);
      expect(await isConnected(environment.ana)).toBe(true);
    });

    it('A11: cannot be confirmed by a form of another site', async () => {
      const page = await openPage(environment.ana, first, link(), CROSS_SITE);
      for (const headers of [
        { ...CROSS_SITE, origin: 'https://evil.example' },
        { origin: 'https://evil.example' },
        { ...CROSS_SITE, 'sec-fetch-site': 'same-site', origin: 'null' },
      ]) {
        expect((await press(environment.ana, first, page, { headers })).status).toBe(403);
      }
      const forged = { token: 'x'.repeat(43) };
      expect((await press(environment.ana, first, page, { fields: forged })).status).toBe(403);
      await expectNoFlow();
    });

    it('A11: shows the page when the login page opened it, though the user clicked there', async () => {
      const { username, password } = environment.ana;
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
      const response = await postFromAnotherSite(first, {
        url: new URL(link(), first.url),
        fields: { version: 'x', token: 'x' },
      });
      expect(response.status).toBe(403);
      expect(response.text).not.toContain('<a ');
      await expectNoFlow();
    });

    it('A11: shows the page after the login page has redirected a signed-in user to it', async () => {
      for (const headers of [OWN_PAGE, OWN_CLICK]) {
        const login = `/login?next=${encodeURIComponent(link())}`;
        const redirect = await openPage(environment.ana, first, login, headers);
        expect(redirect).toMatchObject({ status: 302, headers: { location: link() } });
        // Browsers send no Referer with the next requests (Referrer Policy §4.1), wherever the
        // click happened.
        expect(redirect.headers['referrer-policy']).toBe('no-referrer');
        expect((await openPage(environment.ana, first, link(), OWN_PAGE)).status).toBe(200);
      }
      await expectNoFlow();
    });

    it('A12: names the intended user and starts nothing when another user opens it', async () => {
      const page = await openPage(environment.ben, first, link('?user=ana'), CROSS_SITE);
      expect(page.status).toBe(403);
      expect(page.text).toContain('meant for [ana], and you are signed in as [ben]');
      const mine = await openPage(environment.ana, first, link('?user=ana'), CROSS_SITE);
      expect((await press(environment.ben, first, mine)).status).toBe(403);
      await expectNoFlow();
      expect(continuesTo(await press(environment.ana, first, mine))).toBeDefined();
    });
  });

  describe('a callback', () => {
    it('A4: works once, and calls the provider once', async () => {
      const callback = await aCallback();
      expect((await open(environment.ana, callback)).status).toBe(200);
      for (const server of [first, second]) {
        expect((await open(environment.ana, callback, server)).status).toBe(400);
      }
      expect(exchanges()).toHaveLength(1);
      expect(strictOwner(await environment.ana.execute(second, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
    });

    it('A32: that grants fewer scopes than requested connects, and the status names them', async () => {
      // The provider does not know the second scope and omits it.
      const over = { scope: 'openid files.read files.write' };
      const body = strictFiles(environment.providers, over);
      const wanting = await createConnector(environment.admin, first, body);
      const page = await openPage(
        environment.ana,
        first,
        `/api/actions/connector/${wanting}/oauth/start`,
      );
      expect(page.text).toContain('files.write');
      expect((await open(environment.ana, await aCallback(wanting))).status).toBe(200);
      expect(await environment.ana.status(second, wanting)).toMatchObject({
        connection_status: 'connected',
        scopes: ['openid', 'files.read'],
      });
    });

    it('A5: works exactly once when it arrives at two processes at the same time', async () => {
      const callback = await aCallback();
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          open(environment.ana, callback, index % 2 ? first : second),
        ),
      );
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(responses.filter(({ status }) => status === 400)).toHaveLength(9);
      expect(exchanges()).toHaveLength(1);
      expect(await isConnected(environment.ana)).toBe(true);
    });

    it('A6: is consumed by a refusal', async () => {
      const callback = await aCallback();
      const { pathname, searchParams } = new URL(callback, first.url);
      const state = searchParams.get('state');
      const denied = `${pathname}?error=access_denied&state=${state}&iss=${environment.providers.strict.origin}`;
      expect((await open(environment.ana, denied)).status).toBe(400);
      expect((await open(environment.ana, callback)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(environment.ana)).toBe(false);
    });

    it('A7: of another user’s flow connects neither user', async () => {
      const callback = await aCallback();
      expect((await open(environment.ben, callback)).status).toBe(403);
      expect((await open(environment.ana, callback)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await Promise.all([environment.ana, environment.ben].map(isConnected))).toEqual([
        false,
        false,
      ]);
    });

    it('A8: in another browser of the same user is refused', async () => {
      const callback = await aCallback();
      const { username, password } = environment.ana;
      const otherBrowser = new TestUser({ username, password });
      await otherBrowser.logIn(first);
      expect((await open(otherBrowser, callback)).status).toBe(403);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(environment.ana)).toBe(false);
    });

    it('A9: of an attacker’s own flow connects no victim', async () => {
      const { authorizationUrl } = await environment.ben.startFlow(first, connector);
      const callback = await environment.ben.consent(first, authorizationUrl);
      const response = await open(environment.ana, `${callback.pathname}${callback.search}`);
      expect(response.status).toBe(403);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(environment.ana)).toBe(false);
    });

    it('A14: on the path of another provider never reaches a token endpoint', async () => {
      const callback = new URL(await aCallback(), first.url);
      const elsewhere = callback.pathname.replace(/[^/]+$/, 'another-provider');
      expect((await open(environment.ana, `${elsewhere}${callback.search}`)).status).toBe(400);
      expect(exchanges()).toHaveLength(0);
      expect(await isConnected(environment.ana)).toBe(false);
    });

    describe('of a provider that posts it', () => {
      let posting: string;
      beforeEach(async () => {
        const { authorizationEndpoint } = environment.providers.strict;
        const authorizationUrl = `${authorizationEndpoint}?response_mode=form_post`;
        const body = strictFiles(environment.providers, { authorizationUrl });
        posting = await createConnector(environment.admin, first, body);
      });

      const aForm = async () => {
        const { authorizationUrl } = await environment.ana.startFlow(first, posting);
        return environment.ana.consentToForm(first, authorizationUrl);
      };

      it('connects the user once, over two processes, through a page that has the cookies', async () => {
        const page = await postFromAnotherSite(second, await aForm());
        expect([page.status, page.headers['set-cookie']]).toEqual([200, undefined]);
        expect(exchanges()).toHaveLength(0);
        const responses = await Promise.all(
          Array.from({ length: 6 }, (_, index) =>
            press(environment.ana, index % 2 ? first : second, page),
          ),
        );
        expect(responses.map(({ status }) => status).sort()).toEqual([
          200, 400, 400, 400, 400, 400,
        ]);
        expect(exchanges()).toHaveLength(1);
        expect(strictOwner(await environment.ana.execute(second, posting, listStrictFiles))).toBe(
          'ana@example.com',
        );
      });

      it('A25: is refused as a query, and a query as a form, and both consume the state', async () => {
        const { url, fields } = await aForm();
        const asQuery = `${url.pathname}?${new URLSearchParams(fields)}`;
        expect((await open(environment.ana, asQuery)).status).toBe(400);
        const page = await postFromAnotherSite(first, { url, fields });
        expect((await press(environment.ana, first, page)).text).toContain(
          'already completed or ended',
        );

        const callback = new URL(await aCallback(), first.url);
        const asForm = { url: callback, fields: Object.fromEntries(callback.searchParams) };
        const forged = await press(
          environment.ana,
          first,
          await postFromAnotherSite(first, asForm),
        );
        expect(forged.status).toBe(400);
        expect(forged.text).toContain('did not arrive in the requested form');
        expect((await open(environment.ana, `${callback.pathname}${callback.search}`)).status).toBe(
          400,
        );
        expect(exchanges()).toHaveLength(0);
        expect(await isConnected(environment.ana)).toBe(false);
      });

      it('A7, A9: connects no other user', async () => {
        const page = await postFromAnotherSite(first, await aForm());
        expect((await press(environment.ben, first, page)).status).toBe(403);
        expect((await press(environment.ana, first, page)).status).toBe(400);
        expect(exchanges()).toHaveLength(0);
      });
    });

    it.each([
      ['A14: with code and state of Drive, on the path of the strict provider', 'drive'],
      ['A16: with code and state of the strict provider, on the path of Drive', 'strict'],
    ])('%s, reaches neither token endpoint', async (_title, from) => {
      const drive = await createConnector(
        environment.admin,
        first,
        driveByOwnApp(environment.providers),
      );
      const [own, other] = from === 'drive' ? [drive, connector] : [connector, drive];
      const mine = new URL(await aCallback(own), first.url);
      const theirs = new URL(await aCallback(other), first.url);
      expect(mine.pathname).not.toBe(theirs.pathname);
      environment.providers.google.clearRequests();
      const response = await open(environment.ana, `${theirs.pathname}${mine.search}`, second);
      expect(response.status).toBe(400);
      expect(response.text).toContain('did not come from the provider');
      expect(exchanges()).toHaveLength(0);
      expect(environment.providers.google.requests({ endpoint: 'token' })).toHaveLength(0);
      expect(await isConnected(environment.ana)).toBe(false);
      expect((await environment.ana.status(second, drive))?.user_auth_status).not.toBe('connected');
    });
  });
});
