import { createHash } from 'node:crypto';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../../execution/upstream.mock.ts';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
} from './flow_fixture.mock.ts';
import { OAUTH_STATE_TYPE, type OAuthStateAttributes } from './oauth_state_type.ts';

const CALLBACK = '/api/actions/connector/_oauth_callback';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  fixture = await createFlowFixture({ specs: [aFlowSpec('.strict')] });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
});
afterEach(() => fixture.close());

const approach = async (testUser: TestUser, over: { returnUrl?: string } = {}) => {
  const { body } = await fixture.start(testUser, 'files', over);
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  return { ...body, arrival };
};
const logged = () =>
  JSON.stringify([fixture.logger.lines, fixture.httpLogger.lines, fixture.audit.events]);

describe('the secrets of a flow', () => {
  it('A22: the code verifier is not in URLs, responses, pages, logs or unencrypted documents', async () => {
    const repository = fixture.core.savedObjects.createRepository({
      includedHiddenTypes: [OAUTH_STATE_TYPE],
    });
    const testUser = aTestUser();
    const verifiers: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const started = await fixture.start(testUser, 'files');
      const { flowId, authorizationUrl } = started.body;
      const options = { decrypt: true };
      const stored = await repository.get<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId, options);
      const verifier = String(stored.attributes.codeVerifier);
      // 128 base64url characters are 96 random bytes, more than the required 256 bits (RFC 7636
      // §7.1).
      expect(verifier).toMatch(/^[A-Za-z0-9_-]{128}$/);
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      expect(new URL(authorizationUrl).searchParams.get('code_challenge')).toBe(challenge);
      expect(JSON.stringify([started.body, started.headers])).not.toContain(verifier);
      verifiers.push(verifier);
    }
    expect(new Set(verifiers).size).toBe(5);
    const written = JSON.stringify(await fixture.dump()) + logged();
    for (const verifier of verifiers) expect(written).not.toContain(verifier);
  });

  it('A22: the code verifier is deleted from the store when the state is used', async () => {
    const testUser = aTestUser();
    const { arrival, flowId } = await approach(testUser);
    await fixture.arrive(testUser, arrival);
    const row = (await fixture.dump()).find((found) =>
      JSON.stringify(found).includes(`:${flowId}"`),
    );
    expect(row).toMatchObject({ attributes: { usedAt: expect.any(String) } });
    expect(JSON.stringify(row)).not.toContain('codeVerifier');
  });

  it('A22: state, code, cookie and tokens are not in logs, audit events or unencrypted documents', async () => {
    const testUser = aTestUser();
    const { state, arrival } = await approach(testUser);
    const nonce = testUser.browser.all[0]?.value ?? '';
    const page = await fixture.arrive(testUser, arrival);
    await fixture.arrive(testUser, arrival);
    await fixture.arrive(testUser, `${CALLBACK}?state=${state}&code=canary-code-of-a-forger`);
    const code = String(arrival.searchParams.get('code'));
    const written = JSON.stringify(await fixture.dump()) + logged();
    for (const secret of [state, code, nonce, 'canary-code-of-a-forger']) {
      expect(secret.length).toBeGreaterThan(20);
      expect(written).not.toContain(secret);
      expect(page.text).not.toContain(secret);
    }
  });
});

describe('the token request', () => {
  let provider: Upstream;
  beforeAll(async () => {
    provider = await startUpstream();
    const body = { access_token: 'development-token', token_type: 'bearer', expires_in: 60 };
    provider.response = () => ({ body });
  });
  afterAll(() => provider.close());

  it('A23: contains exactly the redirect URI of the authorization request', async () => {
    const { otherOrigin: origin } = provider;
    const endpoints = {
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
    };
    const app = { clientId: 'development-client', clientSecret: 'development-secret' };
    await fixture.create('plain', anAppConnector('.strict', endpoints, app));
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'plain');
    const asked = new URL(body.authorizationUrl).searchParams.get('redirect_uri');
    const { pathname } = new URL(String(asked));
    await fixture.arrive(testUser, `${pathname}?code=a%2Bb%20c&state=${body.state}`);
    const bodies = provider.seen.map(({ body: sent }) => new URLSearchParams(sent));
    expect(bodies.map((sent) => sent.get('redirect_uri'))).toEqual([asked]);
    expect(bodies[0]?.get('code')).toBe('a+b c');
    expect(bodies[0]?.get('code_verifier')).toMatch(/^[A-Za-z0-9_-]{128}$/);
  });
});

describe('a malformed callback request', () => {
  it.each([
    ['a second code', (query: string) => `${query}&code=other`],
    ['a second state', (query: string) => `${query}&state=other`],
    ['a second issuer', (query: string) => `${query}&iss=other`],
    ['a NUL', (query: string) => `${query}&code=a%00b`],
    ['64 KB', (query: string) => `${query}&session_state=${'x'.repeat(64 * 1024)}`],
    ['an overlong state', () => `?code=c&state=${'x'.repeat(300)}`],
    ['an overlong code', () => `?state=s&code=${'x'.repeat(9000)}`],
    ['a broken escape', () => '?code=%E0%A4%A&state=%'],
  ])('A24: gets 400 for %s, and the user can still finish the flow', async (_what, change) => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const response = await fixture.arrive(testUser, `${arrival.pathname}${change(arrival.search)}`);
    expect(response.status).toBe(400);
    expect(strict.tokenRequests()).toEqual([]);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it.each([
    ['a second code', (query: string) => `${query}&code=other`],
    ['a second state', (query: string) => `${query}&state=other`],
    ['a second issuer', (query: string) => `${query}&iss=other`],
    ['a second error', (query: string) => `${query}&error=a&error=b`],
    [
      'an overlong code',
      (query: string) => `${query.replace(/code=[^&]*/, 'code=')}${'c'.repeat(9000)}`,
    ],
  ])(
    'A24: gets an error page for %s, and the user can still finish the flow',
    async (_what, change) => {
      const testUser = aTestUser();
      const { arrival } = await approach(testUser);
      const page = await fixture.arrive(testUser, `${arrival.pathname}${change(arrival.search)}`);
      expect([page.status, page.headers['content-type']]).toEqual([
        400,
        'text/html; charset=utf-8',
      ]);
      expect(page.text).toContain('Go back to the window of the provider');
      expect(page.text).not.toContain('other');
      expect(fixture.audit.events.at(-1)).toMatchObject({ errorCode: 'response_malformed' });
      expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    },
  );

  it('A24: counts against the rate limit of the IP address, not of the user', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const query = `${arrival.pathname}${arrival.search}&state=other`;
    const statuses = new Set<number>();
    for (let i = 0; i < 200; i += 1) statuses.add((await fixture.arrive(testUser, query)).status);
    expect([...statuses]).toEqual([400, 429]);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('A24: gets 400 for a malformed provider key', async () => {
    expect((await fixture.arrive(aTestUser(), `${CALLBACK}/a%2Fb?state=s`)).status).toBe(400);
  });

  it('A25: is ignored if it is a form that does not come from our own page', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    for (const headers of [
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json' },
    ]) {
      for (const defaultHeaders of [true, false]) {
        const response = await fixture.as<string>(testUser, {
          method: 'POST',
          url: arrival.pathname,
          headers,
          defaultHeaders,
          body: arrival.search.slice(1),
        });
        expect(response.status).toBe(headers['content-type'].endsWith('json') ? 415 : 200);
        expect(response.text).not.toContain('You are connected');
      }
    }
    expect(strict.tokenRequests()).toEqual([]);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('A25: is refused if the response is in the fragment, which browsers do not send', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const page = await fixture.arrive(testUser, arrival.pathname);
    expect(page.status).toBe(400);
    expect(page.text).toContain('This link is incomplete');
  });
});

describe('the result page', () => {
  const HOSTILE = `<script>alert('1')</script>"'><img src=x onerror=alert(2)> &#60;b&#62;`;

  it('A26: shows text of a provider as plain text, under a policy without inline scripts', async () => {
    const testUser = aTestUser();
    const { arrival, state } = await approach(testUser);
    const query = new URLSearchParams({ error: HOSTILE, error_description: HOSTILE, state });
    const page = await fixture.arrive(testUser, `${arrival.pathname}?${query}`);
    expect(page.status).toBe(400);
    expect(page.text).not.toMatch(/<script>|<img|onerror=alert\(2\)>/);
    expect(page.text).toContain('&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;');
    // A character entity in the provider's text is escaped, so that the page shows it as text.
    expect(page.text).toContain('&#38;#60;b&#38;#62;');
    expect(page.text.match(/<script/g)).toHaveLength(1);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('A28: does not contain the return URL', async () => {
    const testUser = aTestUser();
    const returnUrl = '/app/x?q="></script><script>alert(1)</script>';
    const { arrival } = await approach(testUser, { returnUrl });
    const response = await fixture.arrive(testUser, arrival);
    expect(response.status).toBe(302);
    expect(response.text).toBe('');
    expect(String(response.headers['location'])).not.toMatch(/[<>"\s]/);
  });

  it('A29: does not leak the code through Referer, caches, assets of other origins or the history', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const page = await fixture.arrive(testUser, arrival);
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['cache-control']).toBe('no-store');
    const links = [...page.text.matchAll(/(?:src|href|action|url)\s*[=(]\s*"?([^")\s>]+)/g)];
    expect(links.map(([, link]) => link)).toEqual([
      '/favicon.ico',
      '/page_style.css',
      '/api/actions/connector/_oauth_callback_script',
      '/app/my_connections?connector=files',
    ]);
    const [, style, script] = await Promise.all(
      links.map(([, url]) => fixture.inject({ method: 'GET', url: String(url), user: null })),
    );
    expect(style?.headers['content-type']).toContain('text/css');
    expect(style?.text).not.toMatch(/url\(|@import|@font-face/);
    expect(script?.headers['content-type']).toContain('application/javascript');
    expect(script?.text).toContain("history.replaceState(null, '', location.pathname)");
    expect(script?.text).not.toMatch(/https?:|postMessage\([^)]*\*/);
  });

  it('A30: cannot be framed, and neither can the earlier pages of the flow', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const url = '/api/actions/connector/files/oauth/start';
    const responses = [
      await fixture.as(testUser, { method: 'GET', url }),
      await fixture.arrive(testUser, arrival),
      await fixture.arrive({ user: null, browser: testUser.browser }, arrival),
      await fixture.arrive(testUser, `${CALLBACK}?error=x`),
      await fixture.inject({ method: 'GET', url: `${CALLBACK}_script`, user: null }),
    ];
    for (const { headers } of responses) {
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
  });

  it('links to a new start in the space of the flow when another attempt can succeed', async () => {
    await fixture.create('sales', anAppConnector('.strict', strict, strict.clients.basic), 'b');
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'sales', { space: 'b' });
    const { pathname } = new URL(
      String(new URL(body.authorizationUrl).searchParams.get('redirect_uri')),
    );
    const page = await fixture.arrive(
      testUser,
      `${pathname}?error=access_denied&state=${body.state}`,
    );
    expect(page.text).toContain('href="/s/b/api/actions/connector/sales/oauth/start"');
  });
});
