import { waitUntil } from '@latchkey/core/server/wait_until';
import { type SiteProviders, startSiteProviders } from '@latchkey/dev-providers/quirks';
import { RecordingServer } from '@latchkey/test-proxy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aSiteConnector, salesforceSpec } from '../../testing/index.ts';
import {
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  type TestUser,
} from './flow_fixture.mock.ts';

const FOREIGN = 'https://foreign.example.com';

/** Server with a host that the provider definition does not permit. */
let foreign: RecordingServer;
let providers: SiteProviders;
let fixture: FlowFixture;
let ana: TestUser;

beforeAll(async () => {
  foreign = await RecordingServer.start();
});
afterAll(() => foreign.stop());

beforeEach(async () => {
  foreign.received.length = 0;
  ana = aTestUser();
  providers = await startSiteProviders();
  const overrides = { ...providers.hostOverrides, [FOREIGN]: foreign.origin };
  fixture = await createFlowFixture({
    specs: [salesforceSpec],
    settings: { allowedHosts: ['*'], dev: { hostOverrides: overrides } },
  });
  const app = aSiteConnector(salesforceSpec, providers.salesforce, 'api refresh_token');
  await fixture.create('crm', app);
});
afterEach(async () => {
  await fixture.close();
  await providers.stop();
});

async function connect(user = ana) {
  const { body } = await fixture.start(user, 'crm');
  const { headers } = await fetch(body.authorizationUrl, { redirect: 'manual' });
  return fixture.arrive(user, new URL(headers.get('location') ?? ''));
}
const whoami = async (url?: string, user = ana) => {
  const { body } = await fixture.as(user, {
    method: 'POST',
    url: '/api/actions/connector/crm/_execute',
    body: { params: { subAction: 'whoami', subActionParams: url === undefined ? {} : { url } } },
  });
  return body;
};
const logged = () => fixture.logger.lines.map(({ message }) => message).join('\n');
const ofHost = (name: string) => ({
  status: 'ok',
  data: { status: 200, grant: { instance_url: `https://${name}.my.salesforce.com` } },
});

describe('a host that the token response names', () => {
  it('receives the requests of the user', async () => {
    expect((await connect()).status).toBe(200);
    expect(await whoami()).toMatchObject(ofHost('acme'));
  });

  it.each([
    FOREIGN,
    `https://acme.my.salesforce.com@${new URL(FOREIGN).host}`,
    `${FOREIGN}/acme.my.salesforce.com`,
    `${FOREIGN}#.my.salesforce.com`,
    'https://user@acme.my.salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'https://acme.my.salesforce.com/path',
    'https://acme.my.salesforce.com.',
    'https://аcme.my.salesforce.com',
  ])('is not called, and the authorization is refused, when it is %s', async (instance_url) => {
    providers.salesforce.nameFacts({ instance_url });
    const page = await connect();
    expect(page.status).toBe(502);
    expect(page.text).not.toContain('foreign.example');
    expect(await fixture.statusOf(ana, 'crm')).toBe('not_connected');
    expect(await whoami()).toMatchObject({ status: 'error' });
    expect(foreign.received).toEqual([]);
    expect(logged()).toContain('Authorization failed: grant_fact_refused');
    expect(logged()).not.toContain('foreign.example');
    // The tokens of the refused authorization are revoked at the provider in the background.
    await waitUntil('the revocation', () => providers.salesforce.liveGrants() === 0);
  });

  it('is stored in lower case', async () => {
    providers.salesforce.nameFacts({ instance_url: 'https://ACME.my.Salesforce.com/' });
    await connect();
    expect(await whoami()).toMatchObject(ofHost('acme'));
  });

  it('is the only host that receives the token, whatever URL a handler requests', async () => {
    await connect();
    expect(await whoami(`${FOREIGN}/x`)).toMatchObject({ status: 'error' });
    const other = await whoami('https://moved.my.salesforce.com/x');
    expect(other).toMatchObject({ status: 'error' });
    expect(JSON.stringify(foreign.received)).not.toContain('Bearer');
  });

  it('may be different for each user', async () => {
    const other = aTestUser(ben);
    await connect();
    providers.salesforce.nameFacts({ instance_url: 'https://moved.my.salesforce.com' });
    await connect(other);
    expect(await whoami()).toMatchObject(ofHost('acme'));
    expect(await whoami(undefined, other)).toMatchObject(ofHost('moved'));
  });

  it('must be in the response, because requests need the host', async () => {
    providers.salesforce.nameFacts({ instance_url: null });
    expect((await connect()).status).toBe(502);
    expect(logged()).toContain('Authorization failed: grant_fact_missing');
  });

  it('is stored encrypted', async () => {
    await connect();
    expect(JSON.stringify(await fixture.dump())).not.toContain('acme.my.salesforce.com');
  });
});

describe('the response to a refresh', () => {
  beforeEach(async () => {
    await connect();
    providers.salesforce.expireAccessTokens();
  });

  it('leaves the host unchanged if it does not name a host', async () => {
    expect(await whoami()).toMatchObject(ofHost('acme'));
  });

  it('changes the host for the next call if it names another permitted host', async () => {
    providers.salesforce.nameFacts({ instance_url: 'https://moved.my.salesforce.com' });
    await whoami();
    expect(await whoami()).toMatchObject(ofHost('moved'));
  });

  it('leaves the host unchanged, and its tokens are used, if it names a host that is not permitted', async () => {
    providers.salesforce.nameFacts({ instance_url: FOREIGN });
    expect(await whoami()).toMatchObject(ofHost('acme'));
    expect(await whoami()).toMatchObject(ofHost('acme'));
    expect(foreign.received).toEqual([]);
    expect(logged()).toContain('instance_url');
    expect(await fixture.statusOf(ana, 'crm')).toBe('connected');
  });
});
