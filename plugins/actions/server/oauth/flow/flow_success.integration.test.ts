import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type DevProviders, startDevProviders, walkConsent } from '@latchkey/dev-providers';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  ben,
  broadcastOf,
  createFlowBench,
  type FlowBench,
  type FlowBenchOptions,
  OWN_CLICK,
  PUBLIC_BASE_URL,
} from './flow_bench.mock.ts';

let providers: DevProviders;
let bench: FlowBench;
beforeAll(async () => {
  const port = 0;
  providers = await startDevProviders({ google: { port }, ears: { port }, strict: { port } });
});
afterAll(() => providers.stop());
afterEach(() => bench.close());

const open = async (over: FlowBenchOptions = {}) => {
  const { strict, ears } = providers;
  const facts = { issuer: strict.origin, revocationUrl: strict.revocationEndpoint };
  bench = await createFlowBench({
    ...over,
    settings: { auth: { ears: { url: ears.origin } }, ...over.settings },
    specs: [aFlowSpec('.strict', facts), aFlowSpec('.other')],
  });
};
const strictApp = () => anAppConnector('.strict', providers.strict, providers.strict.clients.basic);
const walk = (authorizationUrl: string, deny = false) =>
  walkConsent(authorizationUrl, { as: 'ana', deny, stopAtOrigin: PUBLIC_BASE_URL });

describe('an authorization', () => {
  it('ends on a page that tells the opener and closes itself', async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body, status } = await bench.start(person, 'files');
    expect(status).toBe(200);
    const page = await bench.arrive(person, await walk(body.authorizationUrl));
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
    expect(person.browser.cookies.size).toBe(0);
    expect(await bench.statusOf(person, 'files')).toBe('connected');
    expect(await bench.statusOf(aPerson(ben), 'files')).toBe('not_connected');
  });

  it('writes one audit event, with who, where and what', async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    const before = bench.audit.events.length;
    await bench.arrive(person, await walk(body.authorizationUrl));
    expect(bench.audit.events.slice(before)).toEqual([
      expect.objectContaining({
        action: 'connector_oauth_connect',
        outcome: 'success',
        savedObject: { type: 'action', id: 'files' },
        principal: {
          user: person.user,
          spaceId: 'default',
          requestId: expect.any(String),
          remoteAddress: '127.0.0.1',
        },
      }),
    ]);
  });

  it('works through EARS, whose callback has no provider key', async () => {
    await open();
    await bench.create('drive', {
      connector_type_id: '.google_drive',
      secrets: { authType: 'ears', provider: 'google' },
    });
    const person = aPerson();
    const { body } = await bench.start(person, 'drive');
    expect(new URL(body.authorizationUrl).origin).toBe(providers.ears.origin);
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe('/api/actions/connector/_oauth_callback');
    expect((await bench.arrive(person, arrival)).status).toBe(200);
    expect(providers.ears.requests({ endpoint: 'token' })).toHaveLength(1);
    expect(providers.google.isGrantAlive('ana')).toBe(true);
    expect(await bench.statusOf(person, 'drive')).toBe('connected');
  });

  it("works with an app of the organisation's own at another provider", async () => {
    await open();
    const { google } = providers;
    const over = { scope: 'https://www.googleapis.com/auth/drive.readonly' };
    await bench.create('drive', anAppConnector('.other', google, google.client, over));
    const person = aPerson();
    const { body } = await bench.start(person, 'drive');
    expect((await bench.arrive(person, await walk(body.authorizationUrl))).status).toBe(200);
    expect(await bench.statusOf(person, 'drive')).toBe('connected');
  });

  it('works for a public client, which has no secret and is protected by PKCE', async () => {
    await open();
    const { strict } = providers;
    strict.clearRequests();
    const app = { clientId: strict.clients.public.clientId, clientSecret: '' };
    const { secrets, ...connector } = anAppConnector('.strict', strict, app);
    const { clientSecret: _, ...publicApp } = secrets;
    await expect(bench.create('files', { ...connector, secrets: publicApp })).rejects.toThrow(
      'clientSecret',
    );
    const tokenEndpointAuthMethod = 'none';
    await bench.create('files', {
      ...connector,
      secrets: { ...publicApp, tokenEndpointAuthMethod },
    });
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    expect(new URL(body.authorizationUrl).searchParams.get('code_challenge_method')).toBe('S256');
    expect((await bench.arrive(person, await walk(body.authorizationUrl))).status).toBe(200);
    expect(strict.tokenRequests()).toHaveLength(1);
    expect(strict.isGrantAlive('ana')).toBe(true);
    await bench.disconnect(person, 'files');
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
    expect(strict.requests({ endpoint: 'revoke' }).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('redirects a browser that follows a link of this server to the provider', async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const started = await bench.openLink(person, 'files', { headers: OWN_CLICK });
    expect(started.status).toBe(302);
    const page = await bench.arrive(person, await walk(String(started.headers['location'])));
    expect(page.status).toBe(200);
  });

  it('uses one callback for all providers when the configuration says so', async () => {
    await open({ settings: { auth: { oauth_authorization_code: { redirectUri: 'shared' } } } });
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe('/api/actions/connector/_oauth_callback');
    expect((await bench.arrive(person, arrival)).status).toBe(200);
  });

  it('keeps to the base path, from the redirect URI to the assets of the page', async () => {
    await open({ basePath: '/x' });
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toMatch(/^\/x\/api\/actions\/connector\/_oauth_callback\/./);
    const page = await bench.arrive(person, arrival);
    expect(page.status).toBe(200);
    const assets = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path);
    // The icon is core's, which the bench is not.
    expect(assets.shift()).toBe('/x/favicon.ico');
    expect(assets).toHaveLength(2);
    for (const url of assets) {
      expect(url).toMatch(/^\/x\/api\//);
      const asset = await bench.inject({ method: 'GET', url: String(url), user: null });
      expect(asset.status).toBe(200);
      expect(asset.headers['cache-control']).toBe('public, max-age=86400');
    }
  });
});

describe('the return URL', () => {
  const returnUrl = `${PUBLIC_BASE_URL}/app/connectors?tab=1&error=old&oauth_authorization=error#row`;

  it('gets the outcome in order, and keeps the rest', async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files', { returnUrl });
    const answer = await bench.arrive(person, await walk(body.authorizationUrl));
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe(
      `${PUBLIC_BASE_URL}/app/connectors?tab=1&oauth_authorization=success&connector_id=files&status_code=200#row`,
    );
  });

  it('gets status and words of a failure', async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files', { returnUrl });
    const answer = await bench.arrive(person, await walk(body.authorizationUrl, true));
    const location = String(answer.headers['location']);
    expect(location).toContain(
      'oauth_authorization=error&connector_id=files&status_code=400&error=Access+was+not+granted',
    );
    expect(new URL(location).searchParams.get('error')).toContain('access_denied');
  });
});

describe('the status during a flow', () => {
  const begin = async () => {
    await open();
    await bench.create('files', strictApp());
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    expect(await bench.statusOf(person, 'files')).toBe('pending');
    return { person, body };
  };

  it('is pending, and not_connected again after a refusal', async () => {
    const { person, body } = await begin();
    await bench.arrive(person, await walk(body.authorizationUrl, true));
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
  });

  it('is not_connected again after a cancellation', async () => {
    const { person, body } = await begin();
    expect((await bench.cancel(person, 'files', body.state)).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
  });

  it('is not_connected again after ten minutes', async () => {
    const { person } = await begin();
    await bench.clock.advance(10 * 60_000);
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
  });

  it('stays connected while somebody who is connected authorizes once more', async () => {
    const { person, body } = await begin();
    await bench.arrive(person, await walk(body.authorizationUrl));
    const again = await bench.start(person, 'files');
    expect(await bench.statusOf(person, 'files')).toBe('connected');
    await bench.arrive(person, await walk(again.body.authorizationUrl, true));
    expect(await bench.statusOf(person, 'files')).toBe('connected');
  });
});

describe('a flow of a space', () => {
  it('needs rights only in the space it began in', async () => {
    await open({ missing: ({ spaceId }) => spaceId !== 'b' });
    await bench.create('files', strictApp(), 'b');
    const person = aPerson();
    const { body } = await bench.start(person, 'files', { space: 'b' });
    const page = await bench.arrive(person, await walk(body.authorizationUrl));
    expect(page.status).toBe(200);
    expect(await bench.statusOf(person, 'files', 'b')).toBe('connected');
  });

  it('is refused to somebody who lost those rights, whatever they may do in the default space', async () => {
    let lost = false;
    await open({ missing: ({ spaceId }) => lost && spaceId === 'b' });
    await bench.create('files', strictApp(), 'b');
    const person = aPerson();
    const { body } = await bench.start(person, 'files', { space: 'b' });
    const arrival = await walk(body.authorizationUrl);
    lost = true;
    const before = bench.audit.events.length;
    const page = await bench.arrive(person, arrival);
    expect(page.status).toBe(403);
    const events = bench.audit.events.slice(before);
    expect(events.map(({ errorCode, principal }) => [errorCode, principal.spaceId])).toEqual([
      ['not_permitted', 'b'],
    ]);
  });
});
