import { type DevProviders, startDevProviders, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  broadcastOf,
  createFlowFixture,
  type FlowFixture,
  type FlowFixtureOptions,
  OWN_CLICK,
  PUBLIC_BASE_URL,
} from './flow_fixture.mock.ts';

let providers: DevProviders;
let fixture: FlowFixture;
beforeAll(async () => {
  const port = 0;
  providers = await startDevProviders({ google: { port }, ears: { port }, strict: { port } });
});
afterAll(() => providers.stop());
afterEach(() => fixture.close());

const open = async (over: FlowFixtureOptions = {}) => {
  const { strict, ears } = providers;
  const facts = { issuer: strict.origin, revocationUrl: strict.revocationEndpoint };
  fixture = await createFlowFixture({
    ...over,
    settings: { auth: { ears: { url: ears.origin } }, ...over.settings },
    specs: [aFlowSpec('.strict', facts), aFlowSpec('.other')],
  });
};
const strictApp = () => anAppConnector('.strict', providers.strict, providers.strict.clients.basic);
const walk = (authorizationUrl: string, deny = false) =>
  walkConsent(authorizationUrl, { as: 'ana', deny, stopAtOrigin: PUBLIC_BASE_URL });

describe('an authorization', () => {
  it('ends with a page that notifies its opener and closes itself', async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body, status } = await fixture.start(testUser, 'files');
    expect(status).toBe(200);
    const page = await fixture.arrive(testUser, await walk(body.authorizationUrl));
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('You are connected');
    expect(page.text).toContain('data-auto-close="true"');
    expect(broadcastOf(page.text)).toEqual({
      connectorId: 'files',
      status: 'success',
      statusCode: 200,
      flowId: body.flowId,
    });
    expect(testUser.browser.all.length).toBe(0);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
    expect(await fixture.statusOf(aTestUser(ben), 'files')).toBe('not_connected');
  });

  it('writes one audit event with user, space and connector', async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const before = fixture.audit.events.length;
    await fixture.arrive(testUser, await walk(body.authorizationUrl));
    expect(fixture.audit.events.slice(before)).toEqual([
      expect.objectContaining({
        action: 'connector_oauth_connect',
        outcome: 'success',
        savedObject: { type: 'action', id: 'files' },
        principal: {
          user: testUser.user,
          spaceId: 'default',
          requestId: expect.any(String),
          remoteAddress: '127.0.0.1',
        },
      }),
    ]);
  });

  it('connects through EARS, whose callback has no provider key', async () => {
    await open();
    await fixture.create('drive', {
      connector_type_id: '.google_drive',
      secrets: { authType: 'ears', provider: 'google' },
    });
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'drive');
    expect(new URL(body.authorizationUrl).origin).toBe(providers.ears.origin);
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe('/api/actions/connector/_oauth_callback');
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    expect(providers.ears.requests({ endpoint: 'token' })).toHaveLength(1);
    expect(providers.google.isGrantAlive('ana')).toBe(true);
    expect(await fixture.statusOf(testUser, 'drive')).toBe('connected');
  });

  it('connects with an OAuth app of the organisation at another provider', async () => {
    await open();
    const { google } = providers;
    const over = { scope: 'https://www.googleapis.com/auth/drive.readonly' };
    await fixture.create('drive', anAppConnector('.other', google, google.client, over));
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'drive');
    expect((await fixture.arrive(testUser, await walk(body.authorizationUrl))).status).toBe(200);
    expect(await fixture.statusOf(testUser, 'drive')).toBe('connected');
  });

  it('connects a public client, which has no secret and is protected by PKCE', async () => {
    await open();
    const { strict } = providers;
    strict.clearRequests();
    const app = { clientId: strict.clients.public.clientId, clientSecret: '' };
    const { secrets, ...connector } = anAppConnector('.strict', strict, app);
    const { clientSecret: _, ...publicApp } = secrets;
    await expect(fixture.create('files', { ...connector, secrets: publicApp })).rejects.toThrow(
      'clientSecret',
    );
    const tokenEndpointAuthMethod = 'none';
    await fixture.create('files', {
      ...connector,
      secrets: { ...publicApp, tokenEndpointAuthMethod },
    });
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect(new URL(body.authorizationUrl).searchParams.get('code_challenge_method')).toBe('S256');
    expect((await fixture.arrive(testUser, await walk(body.authorizationUrl))).status).toBe(200);
    expect(strict.tokenRequests()).toHaveLength(1);
    expect(strict.isGrantAlive('ana')).toBe(true);
    await fixture.disconnect(testUser, 'files');
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
    expect(strict.requests({ endpoint: 'revoke' }).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('redirects the browser to the provider when the user follows a link of this server', async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const started = await fixture.openLink(testUser, 'files', { headers: OWN_CLICK });
    expect(started.status).toBe(302);
    const page = await fixture.arrive(testUser, await walk(String(started.headers['location'])));
    expect(page.status).toBe(200);
  });

  it('uses the same callback for all providers when redirectUri is shared', async () => {
    await open({ settings: { auth: { oauth_authorization_code: { redirectUri: 'shared' } } } });
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe('/api/actions/connector/_oauth_callback');
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('uses the base path in the redirect URI and in the assets of the page', async () => {
    await open({ basePath: '/x' });
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toMatch(/^\/x\/api\/actions\/connector\/_oauth_callback\/./);
    const page = await fixture.arrive(testUser, arrival);
    expect(page.status).toBe(200);
    const links = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path);
    // The core serves icon, style sheet and web app, which the fixture does not contain.
    const others = ['/x/favicon.ico', '/x/page_style.css', '/x/app/my_connections?connector=files'];
    expect(links).toEqual(expect.arrayContaining(others));
    const assets = links.filter((link) => !others.includes(String(link)));
    expect(assets).toHaveLength(1);
    for (const url of assets) {
      expect(url).toMatch(/^\/x\/api\//);
      const asset = await fixture.inject({ method: 'GET', url: String(url), user: null });
      expect(asset.status).toBe(200);
      expect(asset.headers['cache-control']).toBe('public, max-age=86400');
    }
  });
});

describe('the return URL', () => {
  const returnUrl = `${PUBLIC_BASE_URL}/app/connectors?tab=1&error=old&oauth_authorization=error#row`;

  it('contains the result in the documented order, and keeps other parameters', async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files', { returnUrl });
    const response = await fixture.arrive(testUser, await walk(body.authorizationUrl));
    expect(response.status).toBe(302);
    expect(response.headers['location']).toBe(
      `${PUBLIC_BASE_URL}/app/connectors?tab=1&oauth_authorization=success&connector_id=files&status_code=200#row`,
    );
  });

  it('contains the status and the text of a failure', async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files', { returnUrl });
    const response = await fixture.arrive(testUser, await walk(body.authorizationUrl, true));
    const location = String(response.headers['location']);
    expect(location).toContain(
      'oauth_authorization=error&connector_id=files&status_code=400&error=Access+was+not+granted',
    );
    expect(new URL(location).searchParams.get('error')).toContain('access_denied');
  });
});

describe('the status during a flow', () => {
  const begin = async () => {
    await open();
    await fixture.create('files', strictApp());
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect(await fixture.statusOf(testUser, 'files')).toBe('pending');
    return { testUser, body };
  };

  it('is pending, and again not_connected after the user has refused', async () => {
    const { testUser, body } = await begin();
    await fixture.arrive(testUser, await walk(body.authorizationUrl, true));
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
  });

  it('is again not_connected after a cancellation', async () => {
    const { testUser, body } = await begin();
    expect((await fixture.cancel(testUser, 'files', body.state)).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
  });

  it('is again not_connected after ten minutes', async () => {
    const { testUser } = await begin();
    await fixture.clock.advance(10 * 60_000);
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
  });

  it('stays connected while a connected user authorizes again', async () => {
    const { testUser, body } = await begin();
    await fixture.arrive(testUser, await walk(body.authorizationUrl));
    const again = await fixture.start(testUser, 'files');
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
    await fixture.arrive(testUser, await walk(again.body.authorizationUrl, true));
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });
});

describe('a flow that starts in a space', () => {
  it('requires privileges only in that space', async () => {
    await open({ missing: ({ spaceId }) => spaceId !== 'b' });
    await fixture.create('files', strictApp(), 'b');
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files', { space: 'b' });
    const page = await fixture.arrive(testUser, await walk(body.authorizationUrl));
    expect(page.status).toBe(200);
    expect(await fixture.statusOf(testUser, 'files', 'b')).toBe('connected');
  });

  it('is refused when the user has lost the privileges in that space, even with privileges in the default space', async () => {
    let lost = false;
    await open({ missing: ({ spaceId }) => lost && spaceId === 'b' });
    await fixture.create('files', strictApp(), 'b');
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files', { space: 'b' });
    const arrival = await walk(body.authorizationUrl);
    lost = true;
    const before = fixture.audit.events.length;
    const page = await fixture.arrive(testUser, arrival);
    expect(page.status).toBe(403);
    const events = fixture.audit.events.slice(before);
    expect(events.map(({ errorCode, principal }) => [errorCode, principal.spaceId])).toEqual([
      ['not_permitted', 'b'],
    ]);
  });
});
