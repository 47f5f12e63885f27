import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  ben,
  createFlowBench,
  type FlowBench,
  type FlowBenchOptions,
  OWN_CLICK,
  type Person,
  PUBLIC_BASE_URL,
} from '../flow/flow_bench.mock.ts';
import { continuesTo } from '../pages/page_form.mock.ts';

const { referer: _, ...NO_REFERRER } = OWN_CLICK;
const CROSS_SITE = { ...NO_REFERRER, 'sec-fetch-site': 'cross-site' };

let strict: StrictStandIn;
let bench: FlowBench;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
const open = async (over: FlowBenchOptions = {}) => {
  await bench?.close();
  bench = await createFlowBench({ specs: [aFlowSpec('.strict')], ...over });
  await bench.create('files', aConnector());
};
beforeEach(() => open());
afterEach(() => bench.close());

const aConnector = (over: Readonly<Record<string, unknown>> = {}) =>
  anAppConnector('.strict', strict, strict.clients.basic, over);
const walk = (url: unknown) =>
  walkConsent(String(url), { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
const starts = () =>
  bench.audit.events
    .filter(({ action }) => action === 'connector_oauth_start')
    .map(({ outcome, errorCode }) => errorCode ?? outcome);
const nothingStarted = async () => {
  const rows = JSON.stringify(await bench.dump());
  expect(rows).not.toMatch(/"type":"(oauth_state|oauth_rate_limit|user_connector_token)"/);
};
const holdsBinding = ({ browser }: Person) =>
  [...browser.cookies.keys()].some((name) => name.startsWith('latchkey_oauth_'));

describe('A11: a link', () => {
  it.each([
    ['a page of another site', CROSS_SITE],
    ['a page of a neighbour', { ...OWN_CLICK, 'sec-fetch-site': 'same-site' }],
    ['a bookmark or an email', { ...OWN_CLICK, 'sec-fetch-site': 'none' }],
    ['a script of this server, without a click', { ...OWN_CLICK, 'sec-fetch-user': '' }],
    ['a browser that sends no fetch metadata', {}],
    ['a header that means nothing', { ...OWN_CLICK, 'sec-fetch-site': 'Same-Origin' }],
    ['a click on our login, error or result page, which sends no Referer', NO_REFERRER],
    ['a click on our page that redirects, which takes Referer away', NO_REFERRER],
    ['a Referer that is no address', { ...OWN_CLICK, referer: 'about' }],
  ])('opened by %s asks first, and starts nothing', async (_, headers) => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files', { headers });
    expect(page.status).toBe(200);
    expect(page.headers['location']).toBeUndefined();
    expect(page.text).toContain('<h1>Authorize “files”?</h1>');
    expect(continuesTo(page)).toBeUndefined();
    expect(holdsBinding(person)).toBe(false);
    await nothingStarted();
    expect(starts()).toEqual([]);
  });

  it('goes to the provider at once after a click on a page of this server', async () => {
    const person = aPerson();
    const answer = await bench.openLink(person, 'files', { headers: OWN_CLICK });
    expect(answer.status).toBe(302);
    expect((await bench.arrive(person, await walk(answer.headers['location']))).status).toBe(200);
    expect(starts()).toEqual(['success']);
  });

  it('connects once the button was pressed, without scripts', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files', { headers: CROSS_SITE });
    expect(page.text).not.toContain('<script');
    const leaving = await bench.press(person, page, {
      headers: { ...OWN_CLICK, origin: PUBLIC_BASE_URL },
    });
    expect(leaving.status).toBe(200);
    expect(leaving.headers['referrer-policy']).toBe('no-referrer');
    const provider = continuesTo(leaving);
    expect(provider).toMatch(/^http:\/\/127\.0\.0\.1/);
    expect(leaving.text).toContain(`href="${provider?.replaceAll('&', '&#38;')}"`);
    expect((await bench.arrive(person, await walk(provider))).status).toBe(200);
    expect(await bench.statusOf(person, 'files')).toBe('connected');
    expect(starts()).toEqual(['success']);
  });
});

describe('the confirmation page', () => {
  it('shows the user, the connector and its author, the provider, the scopes and the present connection', async () => {
    await bench.as(aPerson(ben), {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: {
        name: 'Sales files',
        secrets: aConnector({ scope: 'openid files.read files.read' }).secrets,
      },
    });
    const person = aPerson();
    const first = await bench.openLink(person, 'files');
    const factsOf = (html: string) =>
      [...html.matchAll(/<dt>(.*?)<\/dt>\n<dd>(.*?)<\/dd>/g)].map(([, term = '', value = '']) => [
        term,
        value.replaceAll(/<\/li>/g, '; ').replaceAll(/<[^>]+>/g, ''),
      ]);
    const host = new URL(strict.authorizationEndpoint).host;
    expect(factsOf(first.text)).toEqual([
      ['Signed in as', 'ana'],
      ['Connector', 'Sales files .strict · created by ana, last changed by ben'],
      ['Sign in at', host],
      ['Access used at', 'Any host that this server may call'],
      ['Permissions', 'Know which account you signed in with openid; files.read; '],
      ['Connected account', 'None'],
    ]);
    const leaving = await bench.press(person, first);
    await bench.arrive(person, await walk(continuesTo(leaving)));
    const [connected] = factsOf((await bench.openLink(person, 'files')).text).slice(-1);
    expect(connected?.join(': ')).toMatch(
      /^Connected account: ana@example\.com since \w+ \d+, \d{4}$/,
    );
  });

  it('shows the hosts that tokens come from and are sent to, for a connector type that names hosts', async () => {
    const spec = aFlowSpec('.hosts');
    await open({ specs: [aFlowSpec('.strict'), { ...spec, apiOrigins: ['https://api.example'] }] });
    await bench.create('hosts', {
      ...aConnector(),
      connector_type_id: '.hosts',
    });
    const page = await bench.openLink(aPerson(), 'hosts');
    expect(page.text).toContain('<li>api.example</li>');
  });

  it('A28: escapes everything an editor of the connector may choose', async () => {
    const evil = '"><script>alert(1)</script>\'`&';
    await bench.create('evil', { ...aConnector({ scope: evil }), name: evil });
    const page = await bench.openLink(aPerson(), 'evil', { user: 'ana' });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&#34;&#62;&#60;script&#62;');
  });

  it('A30: is never cached, never framed, and allows nothing inline', async () => {
    const { headers, text } = await bench.openLink(aPerson(), 'files');
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

  it('stays within the base path and the space', async () => {
    await open({ basePath: '/x' });
    await bench.create('sales', aConnector(), 'b');
    const person = aPerson();
    const page = await bench.openLink(person, 'sales', { space: 'b' });
    expect(page.text).toContain('action="/x/s/b/api/actions/connector/sales/oauth/start"');
    expect(page.text).toContain('<dd>b</dd>');
    expect(continuesTo(await bench.press(person, page))).toBeDefined();
    expect(await bench.statusOf(person, 'sales', 'b')).toBe('pending');
  });

  it.each([
    ['a connector that does not exist', 'nothing', 404, 'not found'],
    ['a connector with shared credentials', 'shared', 400, 'nothing to authorize'],
  ])('is a page that says so for %s, and JSON for programs', async (_, id, status, words) => {
    const oauth = { authType: 'oauth_client_credentials', tokenUrl: strict.tokenEndpoint };
    await bench.create('shared', {
      connector_type_id: '.strict',
      secrets: { ...oauth, clientId: 'development', clientSecret: 'development-secret' },
    });
    const page = await bench.openLink(aPerson(), id);
    expect(page.status).toBe(status);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain(words);
    const program = await bench.openLink(aPerson(), id, { headers: { accept: '*/*' } });
    expect(program.body).toMatchObject({ statusCode: status });
  });

  it('requires the privilege to authorize', async () => {
    let mayAuthorize = true;
    await open({
      missing: (_, privilege) => privilege === 'actions:execute-oauth' && !mayAuthorize,
    });
    mayAuthorize = false;
    expect((await bench.openLink(aPerson(), 'files')).status).toBe(403);
  });
});

describe('the form of the page', () => {
  const refused = async (answer: { status: number; text: string }, status = 403) => {
    expect(answer.status).toBe(status);
    expect(continuesTo(answer)).toBeUndefined();
    await nothingStarted();
  };

  it.each([
    ['another site says Fetch Metadata', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour says Fetch Metadata', { 'sec-fetch-site': 'same-site' }],
    ['no page says Fetch Metadata', { 'sec-fetch-site': 'none' }],
    ['another site says Origin', { origin: 'https://evil.example' }],
    ['another port says Origin', { origin: 'http://localhost:5602' }],
    ['a page without an origin', { origin: 'null' }],
  ])('A11: is refused when it comes from %s, even with the right token', async (_, headers) => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files');
    await refused(await bench.press(person, page, { headers }));
    expect(starts()).toEqual(['cross_site']);
  });

  it('A11: gets 403 and no link when another site sent it without the session', async () => {
    const fields = { version: 'x', token: 'x' };
    for (const headers of [CROSS_SITE, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await bench.inject<string>({
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
      await refused(answer);
      expect(answer.text).not.toContain('<a ');
    }
    // Nobody is known, so nobody can fill the audit log.
    expect(starts()).toEqual([]);
  });

  it('A11: gets a page without Referer when the session has ended, so that its link does not count as a click', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files');
    const { headers } = await bench.press({ user: null, browser: person.browser }, page);
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    ['a made-up token', { token: 'x'.repeat(43) }],
    ['an empty token', { token: '' }],
    ['another version than the token is for', { version: 'other' }],
  ])('A11: asks again for %s', async (_, fields) => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files');
    const again = await bench.press(person, page, { fields });
    await refused(again);
    expect(again.text).toContain('role="alert"');
    expect((await bench.press(person, again)).status).toBe(200);
  });

  it('A11: is valid for one connector, one space, one user and one browser', async () => {
    await bench.create('other', aConnector());
    await bench.create('sales', aConnector(), 'b');
    const person = aPerson();
    const page = await bench.openLink(person, 'files');
    const elsewhere = (path: string) => ({
      text: page.text.replaceAll(/action="[^"]*"/g, `action="${path}"`),
    });
    for (const path of ['/api/actions/connector/other', '/s/b/api/actions/connector/sales'])
      await refused(await bench.press(person, elsewhere(`${path}/oauth/start`)));
    await refused(await bench.press({ ...aPerson(ben), browser: person.browser }, page));
    await refused(await bench.press(aPerson(), page));
  });

  it('serves several open pages of one browser', async () => {
    await bench.create('other', aConnector());
    const person = aPerson();
    const pages = [
      await bench.openLink(person, 'files', { headers: CROSS_SITE }),
      await bench.openLink(person, 'other', { headers: CROSS_SITE }),
    ];
    for (const page of pages) expect((await bench.press(person, page)).status).toBe(200);
  });

  it('shows the page again when the connector was changed meanwhile', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files');
    await bench.as(aPerson(ben), {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: { name: 'Changed', secrets: aConnector({ scope: 'files.write' }).secrets },
    });
    const again = await bench.press(person, page);
    expect(again.status).toBe(409);
    expect(again.text).toContain('has been changed since');
    expect(again.text).toContain('files.write');
    expect(holdsBinding(person)).toBe(false);
    expect(starts()).toEqual(['connector_changed']);
    expect(continuesTo(await bench.press(person, again))).toContain('files.write');
  });

  it('continues through the login page when the session has ended', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files', { user: 'ana' });
    const answer = await bench.press({ user: null, browser: person.browser }, page);
    await refused(answer, 401);
    const next = encodeURIComponent('/api/actions/connector/files/oauth/start?user=ana');
    expect(answer.text).toContain(`href="/login?next=${next}"`);
  });

  it('is the only body that the route accepts', async () => {
    const answer = await bench.as(aPerson(), {
      method: 'POST',
      url: '/api/actions/connector/files/oauth/start',
      body: { token: 'x', version: 'x' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('A12: a link meant for one user', () => {
  it('shows the intended user and refuses every other user, whatever they clicked on', async () => {
    for (const headers of [CROSS_SITE, OWN_CLICK]) {
      const page = await bench.openLink(aPerson(ben), 'files', { user: 'ana', headers });
      expect(page.status).toBe(403);
      expect(page.text).toContain('meant for [ana], and you are signed in as [ben]');
    }
    await nothingStarted();
  });

  it('is refused when another user signed in before the button was pressed', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files', { user: 'ana' });
    const answer = await bench.press({ user: ben, browser: person.browser }, page);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('meant for [ana]');
    await nothingStarted();
  });

  it('works for that user', async () => {
    const person = aPerson();
    const page = await bench.openLink(person, 'files', { user: 'ana', headers: CROSS_SITE });
    expect(continuesTo(await bench.press(person, page))).toBeDefined();
  });
});

describe('the audit trail of starts', () => {
  it('has one event per start, with its outcome', async () => {
    await bench.start(aPerson(), 'files');
    await bench.start(aPerson(), 'nothing');
    expect(starts()).toEqual(['success', 'not_found']);
    expect(bench.audit.events.at(-1)).toMatchObject({
      savedObject: { type: 'action', id: 'nothing' },
      principal: { user: { username: 'ana' } },
    });
  });
});
