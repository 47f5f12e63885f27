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
  OWN_CLICK,
  PUBLIC_BASE_URL,
  type TestUser,
} from '../flow/flow_fixture.mock.ts';
import { continuesTo } from '../pages/page_form.mock.ts';

const { referer: _, ...NO_REFERRER } = OWN_CLICK;
const CROSS_SITE = { ...NO_REFERRER, 'sec-fetch-site': 'cross-site' };

let strict: FakeOAuthServer;
let fixture: FlowFixture;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
const open = async (over: FlowFixtureOptions = {}) => {
  await fixture?.close();
  fixture = await createFlowFixture({ specs: [aFlowSpec('.strict')], ...over });
  await fixture.create('files', aConnector());
};
beforeEach(() => open());
afterEach(() => fixture.close());

const aConnector = (over: Readonly<Record<string, unknown>> = {}) =>
  anAppConnector('.strict', strict, strict.clients.basic, over);
const walk = (url: unknown) =>
  walkConsent(String(url), { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
const starts = () =>
  fixture.audit.events
    .filter(({ action }) => action === 'connector_oauth_start')
    .map(({ outcome, errorCode }) => errorCode ?? outcome);
const nothingStarted = async () => {
  const rows = JSON.stringify(await fixture.dump());
  expect(rows).not.toMatch(/"type":"(oauth_state|oauth_rate_limit|user_connector_token)"/);
};
const holdsBinding = ({ browser }: TestUser) =>
  browser.all.some(({ name }) => name.startsWith('latchkey_oauth_'));

describe('A11: a link to authorize a connector', () => {
  it.each([
    ['a page of another site', CROSS_SITE],
    ['a page of another subdomain', { ...OWN_CLICK, 'sec-fetch-site': 'same-site' }],
    ['a bookmark or an email', { ...OWN_CLICK, 'sec-fetch-site': 'none' }],
    ['a script of this server, without a click', { ...OWN_CLICK, 'sec-fetch-user': '' }],
    ['a browser that sends no fetch metadata', {}],
    [
      'a request with an unknown value of Sec-Fetch-Site',
      { ...OWN_CLICK, 'sec-fetch-site': 'Same-Origin' },
    ],
    ['a click on our login, error or result page, without Referer', NO_REFERRER],
    ['a click on our page that redirects without Referer', NO_REFERRER],
    ['a request with an invalid Referer', { ...OWN_CLICK, referer: 'about' }],
  ])('opened by %s shows the confirmation page and starts no authorization', async (_, headers) => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files', { headers });
    expect(page.status).toBe(200);
    expect(page.headers['location']).toBeUndefined();
    expect(page.text).toContain('<h1 tabindex="-1" autofocus>Authorize “files”?</h1>');
    expect(continuesTo(page)).toBeUndefined();
    expect(holdsBinding(testUser)).toBe(false);
    await nothingStarted();
    expect(starts()).toEqual([]);
  });

  it('leads to the provider immediately after a click on a page of this server', async () => {
    const testUser = aTestUser();
    const response = await fixture.openLink(testUser, 'files', { headers: OWN_CLICK });
    expect(response.status).toBe(302);
    expect((await fixture.arrive(testUser, await walk(response.headers['location']))).status).toBe(
      200,
    );
    expect(starts()).toEqual(['success']);
  });

  it('connects the user after the button is pressed, without JavaScript', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files', { headers: CROSS_SITE });
    expect(page.text).not.toContain('<script');
    const deactivating = await fixture.press(testUser, page, {
      headers: { ...OWN_CLICK, origin: PUBLIC_BASE_URL },
    });
    expect(deactivating.status).toBe(200);
    expect(deactivating.headers['referrer-policy']).toBe('no-referrer');
    const provider = continuesTo(deactivating);
    expect(provider).toMatch(/^http:\/\/127\.0\.0\.1/);
    expect(deactivating.text).toContain(`href="${provider?.replaceAll('&', '&#38;')}"`);
    expect((await fixture.arrive(testUser, await walk(provider))).status).toBe(200);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
    expect(starts()).toEqual(['success']);
  });
});

describe('the confirmation page', () => {
  it('shows the user, the connector and its author, the provider, the scopes and the connection', async () => {
    await fixture.as(aTestUser(ben), {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: {
        name: 'Sales files',
        secrets: aConnector({ scope: 'openid files.read files.read' }).secrets,
      },
    });
    const testUser = aTestUser();
    const first = await fixture.openLink(testUser, 'files');
    const rowsOf = (html: string) =>
      [...html.matchAll(/<dt>(.*?)<\/dt>\n<dd>(.*?)<\/dd>/g)].map(([, term = '', value = '']) => [
        term,
        value.replaceAll(/<\/li>/g, '; ').replaceAll(/<[^>]+>/g, ''),
      ]);
    const host = new URL(strict.authorizationEndpoint).host;
    expect(rowsOf(first.text)).toEqual([
      ['Signed in as', 'ana'],
      ['Connector', 'Sales files .strict · created by ana, last changed by ben'],
      ['Sign in at', host],
      ['Access used at', 'Any host that this server may call'],
      ['Permissions', 'Know which account you signed in with openid; files.read; '],
      ['Connected account', 'None'],
    ]);
    const deactivating = await fixture.press(testUser, first);
    await fixture.arrive(testUser, await walk(continuesTo(deactivating)));
    const [connected] = rowsOf((await fixture.openLink(testUser, 'files')).text).slice(-1);
    expect(connected?.join(': ')).toMatch(
      /^Connected account: ana@example\.com since \w+ \d+, \d{4}$/,
    );
  });

  it('shows the token and API hosts of a connector type that names hosts', async () => {
    const spec = aFlowSpec('.hosts');
    await open({ specs: [aFlowSpec('.strict'), { ...spec, apiOrigins: ['https://api.example'] }] });
    await fixture.create('hosts', {
      ...aConnector(),
      connector_type_id: '.hosts',
    });
    const page = await fixture.openLink(aTestUser(), 'hosts');
    expect(page.text).toContain('<li>api.example</li>');
  });

  it('A28: escapes all texts that an editor of the connector can choose', async () => {
    const evil = '"><script>alert(1)</script>\'`&';
    // A scope cannot contain quotation marks.
    await fixture.create('evil', { ...aConnector({ scope: evil.replace('"', '') }), name: evil });
    const page = await fixture.openLink(aTestUser(), 'evil', { user: 'ana' });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&#34;&#62;&#60;script&#62;');
    expect(page.text).toContain('<code>&#62;&#60;script&#62;');
  });

  it('A30: may be neither cached nor framed, and allows no inline scripts and styles', async () => {
    const { headers, text } = await fixture.openLink(aTestUser(), 'files');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/ style=| on[a-z]+=|<style/);
  });

  it('A11: contains only links that send no Referer', async () => {
    const { text } = await fixture.openLink(aTestUser(), 'files');
    const links = text.match(/<a [^>]*>/g) ?? [];
    expect(links).not.toEqual([]);
    expect(links.filter((link) => !link.includes(' rel="noreferrer"'))).toEqual([]);
  });

  it('keeps the base path and the space', async () => {
    await open({ basePath: '/x' });
    await fixture.create('sales', aConnector(), 'b');
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'sales', { space: 'b' });
    expect(page.text).toContain('action="/x/s/b/api/actions/connector/sales/oauth/start"');
    expect(page.text).toContain('<dd>b</dd>');
    expect(continuesTo(await fixture.press(testUser, page))).toBeDefined();
    expect(await fixture.statusOf(testUser, 'sales', 'b')).toBe('pending');
  });

  it.each([
    ['a connector that does not exist', 'nothing', 404, 'was not found'],
    ['a connector with shared credentials', 'shared', 400, 'nothing to authorize'],
  ])('is an error page for %s, and JSON for programs', async (_, id, status, words) => {
    const oauth = { authType: 'oauth_client_credentials', tokenUrl: strict.tokenEndpoint };
    await fixture.create('shared', {
      connector_type_id: '.strict',
      secrets: { ...oauth, clientId: 'development', clientSecret: 'development-secret' },
    });
    const page = await fixture.openLink(aTestUser(), id);
    expect(page.status).toBe(status);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain(words);
    const program = await fixture.openLink(aTestUser(), id, { headers: { accept: '*/*' } });
    expect(program.body).toMatchObject({ statusCode: status });
  });

  it('requires the privilege to authorize', async () => {
    let mayAuthorize = true;
    await open({
      missing: (_, privilege) => privilege === 'actions:execute-oauth' && !mayAuthorize,
    });
    mayAuthorize = false;
    expect((await fixture.openLink(aTestUser(), 'files')).status).toBe(403);
  });
});

describe('the form of the page', () => {
  const refused = async (response: { status: number; text: string }, status = 403) => {
    expect(response.status).toBe(status);
    expect(continuesTo(response)).toBeUndefined();
    await nothingStarted();
  };

  it.each([
    ['another site by Fetch Metadata', { 'sec-fetch-site': 'cross-site' }],
    ['another subdomain by Fetch Metadata', { 'sec-fetch-site': 'same-site' }],
    ['no page by Fetch Metadata', { 'sec-fetch-site': 'none' }],
    ['another site by Origin', { origin: 'https://evil.example' }],
    ['another port by Origin', { origin: 'http://localhost:5602' }],
    ['a page without an origin', { origin: 'null' }],
  ])('A11: is refused when it comes from %s, even with the right token', async (_, headers) => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files');
    await refused(await fixture.press(testUser, page, { headers }));
    expect(starts()).toEqual(['cross_site']);
  });

  it('A11: gets 403 and no link when another site sends it without a session', async () => {
    const fields = { version: 'x', token: 'x' };
    for (const headers of [CROSS_SITE, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const response = await fixture.inject<string>({
        method: 'POST',
        url: '/api/actions/connector/files/oauth/start',
        user: null,
        headers: {
          accept: 'text/html',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
        defaultHeaders: false,
      });
      await refused(response);
      expect(response.text).not.toContain('<a ');
    }
    // Requests without a user write no audit event, so that they cannot fill the audit log.
    expect(starts()).toEqual([]);
  });

  it('A11: gets a page whose link sends no Referer when the session has ended, so the link needs confirmation', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files');
    const { headers } = await fixture.press({ user: null, browser: testUser.browser }, page);
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    ['a made-up token', { token: 'x'.repeat(43) }],
    ['an empty token', { token: '' }],
    ['a different version than that of the token', { version: 'other' }],
  ])('A11: leads to the confirmation page again for %s', async (_, fields) => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files');
    const again = await fixture.press(testUser, page, { fields });
    await refused(again);
    expect(again.text).toContain('role="alert"');
    expect((await fixture.press(testUser, again)).status).toBe(200);
  });

  it('A11: is accepted only for its connector, space, user and browser', async () => {
    await fixture.create('other', aConnector());
    await fixture.create('sales', aConnector(), 'b');
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files');
    const elsewhere = (path: string) => ({
      text: page.text.replaceAll(/action="[^"]*"/g, `action="${path}"`),
    });
    for (const path of ['/api/actions/connector/other', '/s/b/api/actions/connector/sales'])
      await refused(await fixture.press(testUser, elsewhere(`${path}/oauth/start`)));
    await refused(await fixture.press({ ...aTestUser(ben), browser: testUser.browser }, page));
    await refused(await fixture.press(aTestUser(), page));
  });

  it('is accepted from each of several pages that are open in one browser', async () => {
    await fixture.create('other', aConnector());
    const testUser = aTestUser();
    const pages = [
      await fixture.openLink(testUser, 'files', { headers: CROSS_SITE }),
      await fixture.openLink(testUser, 'other', { headers: CROSS_SITE }),
    ];
    for (const page of pages) expect((await fixture.press(testUser, page)).status).toBe(200);
  });

  it('leads to the confirmation page again when the connector was changed meanwhile', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files');
    await fixture.as(aTestUser(ben), {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: { name: 'Changed', secrets: aConnector({ scope: 'files.write' }).secrets },
    });
    const again = await fixture.press(testUser, page);
    expect(again.status).toBe(409);
    expect(again.text).toContain('has been changed since');
    expect(again.text).toContain('files.write');
    expect(holdsBinding(testUser)).toBe(false);
    expect(starts()).toEqual(['connector_changed']);
    expect(continuesTo(await fixture.press(testUser, again))).toContain('files.write');
  });

  it('continues through the login page when the session has ended', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files', { user: 'ana' });
    const response = await fixture.press({ user: null, browser: testUser.browser }, page);
    await refused(response, 401);
    const next = encodeURIComponent('/api/actions/connector/files/oauth/start?user=ana');
    expect(response.text).toContain(`href="/login?next=${next}"`);
  });

  it('is accepted only as a form, not as another content type', async () => {
    const response = await fixture.as(aTestUser(), {
      method: 'POST',
      url: '/api/actions/connector/files/oauth/start',
      body: { token: 'x', version: 'x' },
    });
    expect(response.status).toBe(415);
  });
});

describe('A12: a link meant for one user', () => {
  it('names the intended user and is refused for every other user, even after a click on a page of this server', async () => {
    for (const headers of [CROSS_SITE, OWN_CLICK]) {
      const page = await fixture.openLink(aTestUser(ben), 'files', { user: 'ana', headers });
      expect(page.status).toBe(403);
      expect(page.text).toContain('meant for [ana], and you are signed in as [ben]');
    }
    await nothingStarted();
  });

  it('A164: shows no more of a name than a username may contain, and only its beginning', async () => {
    const user = `\u202e\n${'call me '.repeat(50)}`;
    const page = await fixture.openLink(aTestUser(ben), 'files', { user });
    expect(page.status).toBe(403);
    expect(page.text).toContain(`meant for [??${'call me '.repeat(12)}ca…], and`);
    expect(page.text).not.toContain('\u202e');
    await nothingStarted();
  });

  it('is refused when another user signs in before the button is pressed', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files', { user: 'ana' });
    const response = await fixture.press({ user: ben, browser: testUser.browser }, page);
    expect(response.status).toBe(403);
    expect(response.text).toContain('meant for [ana]');
    await nothingStarted();
  });

  it('starts the flow of the intended user', async () => {
    const testUser = aTestUser();
    const page = await fixture.openLink(testUser, 'files', { user: 'ana', headers: CROSS_SITE });
    expect(continuesTo(await fixture.press(testUser, page))).toBeDefined();
  });
});

describe('the audit trail of starts', () => {
  it('contains one event per start, with its outcome', async () => {
    await fixture.start(aTestUser(), 'files');
    await fixture.start(aTestUser(), 'nothing');
    expect(starts()).toEqual(['success', 'not_found']);
    expect(fixture.audit.events.at(-1)).toMatchObject({
      savedObject: { type: 'action', id: 'nothing' },
      principal: { user: { username: 'ana' } },
    });
  });
});
