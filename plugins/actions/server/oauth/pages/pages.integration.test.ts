import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  type FlowFixtureOptions,
  PUBLIC_BASE_URL,
  type TestUser,
} from '../flow/flow_fixture.mock.ts';
import { continuesTo, submitted, unescapeHtml } from './page_form.mock.ts';

const CALLBACK = '/api/actions/connector/_oauth_callback';
const MINUTES_MS = 60_000;

interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

let strict: FakeOAuthServer;
let fixture: FlowFixture;
let settings: ReturnType<NonNullable<FlowFixtureOptions['userSettings']>>;
let testUser: TestUser;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
const open = async (over: FlowFixtureOptions = {}) => {
  await fixture?.close();
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict')],
    userSettings: () => settings,
    ...over,
  });
  const scope = 'openid email files.read offline_access';
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic, { scope }));
};
beforeEach(async () => {
  settings = { theme: 'dark', language: 'de' };
  testUser = aTestUser();
  await open();
});
afterEach(() => fixture.close());

const start = async () => (await fixture.start(testUser, 'files')).body.authorizationUrl;
const walk = (url: unknown, as: 'ana' | 'ben' = 'ana') =>
  walkConsent(String(url), { as, stopAtOrigin: PUBLIC_BASE_URL });
const callbackOf = (authorizationUrl: string) =>
  new URL(String(new URL(authorizationUrl).searchParams.get('redirect_uri'))).pathname;
const stateOf = (authorizationUrl: string) => new URL(authorizationUrl).searchParams.get('state');
const nobody = (): TestUser => ({ ...testUser, user: null });

/** Functions that request each page as a signed-in user. */
const PAGES: Readonly<Record<string, () => Promise<Shown>>> = {
  confirmation: () => fixture.openLink(testUser, 'files'),
  'confirmation again': async () =>
    fixture.press(testUser, await fixture.openLink(testUser, 'files'), { fields: { token: 'x' } }),
  leaving: async () => fixture.press(testUser, await fixture.openLink(testUser, 'files')),
  success: async () => fixture.arrive(testUser, await walk(await start())),
  denied: async () => {
    const url = await start();
    return fixture.arrive(
      testUser,
      `${callbackOf(url)}?error=access_denied&error_description=no&state=${stateOf(url)}`,
    );
  },
  expired: async () => {
    const arrival = await walk(await start());
    fixture.clock.advance(30 * MINUTES_MS);
    return fixture.arrive(testUser, arrival);
  },
  'unknown state': () => fixture.arrive(testUser, `${CALLBACK}?state=${'x'.repeat(43)}&code=c`),
  'another user': async () => {
    const arrival = await walk(await start());
    return fixture.arrive({ ...testUser, user: ben }, arrival);
  },
  malformed: () => fixture.arrive(testUser, `${CALLBACK}?state=a&state=b`),
  'account decision': () => askForAccount(),
  'account kept': async () => fixture.press(testUser, await askForAccount()),
  'a form of another page': async () =>
    fixture.press(testUser, await askForAccount(), { fields: { token: 'x' } }),
  'a link for another user': () => fixture.openLink(testUser, 'files', { user: 'ben' }),
  'no connector': () => fixture.openLink(testUser, 'nothing'),
  'no window of its own': () =>
    fixture.openLink(testUser, 'files', { headers: { 'sec-fetch-dest': 'iframe' } }),
};
/** Functions that request each page without a session. */
const PAGES_WITHOUT_SESSION: Readonly<Record<string, () => Promise<Shown>>> = {
  callback: () => fixture.arrive(nobody(), `${CALLBACK}?state=a&code=c`),
  'ended session': async () => fixture.press(nobody(), await fixture.openLink(testUser, 'files')),
  'form of the provider': () => fixture.post(nobody(), CALLBACK, { state: 'a', code: 'c' }),
};

/** Authorizes with one account, then with another one, which leads to the page of the decision. */
async function askForAccount(): Promise<Shown> {
  await fixture.arrive(testUser, await walk(await start()));
  const asking = await fixture.arrive(testUser, await walk(await start(), 'ben'));
  const url = String(asking.headers['location']);
  return fixture.as<string>(testUser, { method: 'GET', url, headers: { accept: 'text/html' } });
}

/** Returns the texts of a page that users see. */
function textsOf(html: string): readonly string[] {
  const content = /<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? '';
  return content
    .split(/<[^>]*>/)
    .map((text) => unescapeHtml(text).trim())
    .filter((text) => /\p{L}/u.test(text));
}

describe.each(Object.entries(PAGES))('the page: %s', (_, show) => {
  it('has the theme and language of the user, one heading that has the focus, and a link back', async () => {
    const { text } = await show();
    expect(text).toContain('<html lang="de" data-theme="dark">');
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text).toMatch(/<h1 tabindex="-1" autofocus>[^<]+<\/h1>/);
    expect(text).toMatch(/ href="(\/|\/app\/[^"]*|http:\/\/127[^"]*)"|<button/);
    expect(text).not.toMatch(/<script(?! src=)|<style|\sstyle=|\son\w+=/);
  });

  it('contains only texts of the catalogue', async () => {
    settings = { theme: 'light', language: 'en-XA' };
    const { text } = await show();
    expect(text).toMatch(/<html lang="en-XA" data-theme="light">.*<title>\[.*\] - Latchkey</s);
    // The page also contains data: names, hosts, scopes, accounts and ids.
    const data =
      /^(files|ana|b|default|127\.0\.0\.1:\d+|openid|email|files\.read|offline_access|\w+@example\.com|access_denied: no|[\w-]{36})$/;
    const outside = textsOf(text).filter((one) => !/^\[.*\]$/s.test(one) && !data.test(one));
    expect(outside).toEqual([]);
  });
});

describe.each(Object.entries(PAGES_WITHOUT_SESSION))(
  'the page without a session: %s',
  (_, show) => {
    it('has the language and the theme that the browser requests', async () => {
      const { text } = await show();
      expect(text).toContain('<html lang="en" data-theme="system">');
      expect(text.match(/<h1/g)).toHaveLength(1);
      expect(text).not.toContain('class="reference"');
    });
  },
);

it('a page without a session is in German if the browser requests German', async () => {
  const page = await fixture.as<string>(nobody(), {
    method: 'GET',
    url: `${CALLBACK}?state=a&code=c`,
    headers: { accept: 'text/html', 'accept-language': 'de-CH,en;q=0.5' },
  });
  expect(page.text).toContain('<html lang="de" data-theme="system">');
  expect(page.text).toContain('Melden Sie sich zuerst an');
});

it('a page has the language that the browser requests if the user has chosen none', async () => {
  settings = { theme: 'system', language: 'browser' };
  const page = await fixture.openLink(testUser, 'files', {
    headers: { 'accept-language': 'de-DE' },
  });
  expect(page.text).toContain('<html lang="de" data-theme="system">');
});

it('a page is shown even if the settings of the user cannot be read', async () => {
  await open({
    userSettings: () => {
      throw new Error('the store does not respond');
    },
  });
  const page = await fixture.openLink(testUser, 'files');
  expect(page.status).toBe(200);
  expect(page.text).toContain('<html lang="en" data-theme="system">');
});

describe('the reference of a failure', () => {
  it.each(['denied', 'unknown state', 'another user', 'malformed', 'no connector'])(
    'is on the page and in one log line for the failure: %s',
    async (name) => {
      const { text } = (await PAGES[name]?.()) ?? { text: '' };
      const reference = /class="reference">[^<]*<code>([^<]+)<\/code>/.exec(text)?.[1];
      const lines = fixture.logger.lines.filter(({ meta }) => meta?.['trace.id'] === reference);
      expect(reference).toBeDefined();
      expect(lines).toHaveLength(1);
    },
  );

  it.each(['success', 'confirmation', 'account decision', 'account kept'])(
    'is absent from a page without a failure: %s',
    async (name) => {
      expect((await PAGES[name]?.())?.text).not.toContain('class="reference"');
    },
  );
});

describe('the links of a page', () => {
  it('contain the base path and the space of the connector', async () => {
    await open({ basePath: '/x' });
    await fixture.create('sales', anAppConnector('.strict', strict, strict.clients.basic), 'b');
    const page = await fixture.openLink(testUser, 'sales', { space: 'b' });
    expect(page.text).toContain('href="/x/s/b/"');
    expect(submitted(page).action).toBe('/x/s/b/api/actions/connector/sales/oauth/start');
    const provider = continuesTo(await fixture.press(testUser, page));
    const result = await fixture.arrive(testUser, await walk(provider));
    expect(result.text).toContain('href="/x/s/b/app/my_connections?connector=sales"');
    const missing = await fixture.openLink(testUser, 'nothing', { space: 'b' });
    expect(missing.text).toContain('href="/x/s/b/"');
  });

  it('reveal nothing about the space of another user', async () => {
    await fixture.create('sales', anAppConnector('.strict', strict, strict.clients.basic), 'b');
    const { body } = await fixture.start(testUser, 'sales', { space: 'b' });
    const arrival = await walk(body.authorizationUrl);
    const page = await fixture.arrive({ ...testUser, user: ben }, arrival);
    expect(page.status).toBe(403);
    expect(page.text).toContain('href="/"');
    expect(page.text).not.toContain('/s/b/');
  });
});
