import { type SiteProviders, startSiteProviders } from '@latchkey/dev-providers/quirks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSiteConnector, atlassianSpec } from '../../testing/index.ts';
import {
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  type TestUser,
} from './flow_fixture.mock.ts';

const API = '/api/actions/connector/jira/_sites';

let providers: SiteProviders;
let fixture: FlowFixture;
let ana: TestUser;

beforeEach(async () => {
  ana = aTestUser();
  providers = await startSiteProviders();
  fixture = await createFlowFixture({
    specs: [atlassianSpec],
    settings: { allowedHosts: ['*'], dev: { hostOverrides: providers.hostOverrides } },
  });
  const app = aSiteConnector(atlassianSpec, providers.atlassian, 'read:jira-work offline_access');
  await fixture.create('jira', app);
});
afterEach(async () => {
  await fixture.close();
  await providers.stop();
});

async function connect(sites: readonly string[], user = ana) {
  providers.atlassian.nameFacts({ cloudId: sites });
  const { body } = await fixture.start(user, 'jira');
  const { headers } = await fetch(body.authorizationUrl, { redirect: 'manual' });
  return fixture.arrive(user, new URL(headers.get('location') ?? ''));
}
const list = async (user = ana) =>
  (await fixture.as<object>(user, { method: 'GET', url: API })).body;
const choose = (site_id: string, user = ana) =>
  fixture.as<object>(user, { method: 'PUT', url: API, body: { site_id } });
const whoami = async (user = ana) => {
  const { body } = await fixture.as(user, {
    method: 'POST',
    url: '/api/actions/connector/jira/_execute',
    body: { params: { subAction: 'whoami', subActionParams: {} } },
  });
  return body;
};
const ofSite = (cloudId: string) => ({ status: 'ok', data: { status: 200, grant: { cloudId } } });
const aSite = (id: string) => ({ id, label: `https://${id}.example.com` });

describe('an authorization that covers one site', () => {
  it('uses the site without asking the user', async () => {
    expect((await connect(['c1'])).status).toBe(200);
    expect(await fixture.statusOf(ana, 'jira')).toBe('connected');
    expect(await list()).toEqual({ sites: [aSite('c1')], site_id: 'c1' });
    expect(await whoami()).toMatchObject(ofSite('c1'));
  });
});

describe('an authorization that covers no site', () => {
  it('is refused', async () => {
    expect((await connect([])).status).toBe(502);
    expect(await fixture.statusOf(ana, 'jira')).toBe('not_connected');
    expect(await list()).toEqual({ sites: [] });
  });
});

describe('an authorization that covers several sites', () => {
  beforeEach(() => connect(['c1', 'c2']));

  it('asks the user to choose a site before executions succeed', async () => {
    expect(await fixture.statusOf(ana, 'jira')).toBe('needs_site');
    expect(await list()).toEqual({ sites: [aSite('c1'), aSite('c2')] });
    const refused = await whoami();
    expect(refused).toMatchObject({ status: 'error' });
    expect(JSON.stringify(refused)).toContain('site_not_chosen');
    const { body } = await fixture.as<Record<string, object>>(ana, {
      method: 'POST',
      url: '/internal/actions/connectors/_me/auth_status',
    });
    expect(body['jira']).toMatchObject({
      user_auth_status: 'not_connected',
      next_step: 'choose_site',
    });
  });

  it('uses the chosen site, and another site after another choice, without a new authorization', async () => {
    for (const site of ['c2', 'c1']) {
      expect(await choose(site)).toMatchObject({ status: 200, body: { site: aSite(site) } });
      expect(await fixture.statusOf(ana, 'jira')).toBe('connected');
      expect(await whoami()).toMatchObject(ofSite(site));
    }
    const chosen = fixture.audit.events.filter(
      ({ action }) => action === 'connector_oauth_site_choice',
    );
    expect(chosen).toHaveLength(2);
    expect(chosen[0]).toMatchObject({ outcome: 'success', principal: { user: ana.user } });
  });

  it('keeps the choice after a refresh, and after a new authorization that covers the site', async () => {
    await choose('c2');
    providers.atlassian.expireAccessTokens();
    expect(await whoami()).toMatchObject(ofSite('c2'));
    await connect(['c3', 'c2']);
    expect(await whoami()).toMatchObject(ofSite('c2'));
    await connect(['c3', 'c4']);
    expect(await fixture.statusOf(ana, 'jira')).toBe('needs_site');
  });

  it('is usable since the first choice of a site, and not since a later choice', async () => {
    const statusSince = async () => {
      const { body } = await fixture.as<Record<string, { readonly status_since?: string }>>(ana, {
        method: 'POST',
        url: '/internal/actions/connectors/_me/auth_status',
      });
      return body['jira']?.status_since;
    };
    await fixture.clock.advance(1_000);
    const chosenAt = new Date(fixture.clock.now()).toISOString();
    expect(await statusSince()).not.toBe(chosenAt);
    await choose('c2');
    expect(await statusSince()).toBe(chosenAt);
    await fixture.clock.advance(1_000);
    await choose('c1');
    expect(await statusSince()).toBe(chosenAt);
  });

  it('does not allow the choice of a site that it does not cover', async () => {
    for (const site of ['c9', '../c1', 'toString'])
      expect(await choose(site)).toMatchObject({ status: 404 });
    expect(await fixture.statusOf(ana, 'jira')).toBe('needs_site');
  });

  it('is not visible to another user, and not affected by the choice of another user', async () => {
    const other = aTestUser(ben);
    expect(await list(other)).toEqual({ sites: [] });
    expect(await choose('c1', other)).toMatchObject({ status: 404 });
    await connect(['c1', 'c2'], other);
    await choose('c1', other);
    await choose('c2');
    expect(await whoami()).toMatchObject(ofSite('c2'));
    expect(await whoami(other)).toMatchObject(ofSite('c1'));
  });

  it('has no sites after it has ended', async () => {
    await choose('c1');
    await fixture.disconnect(ana, 'jira');
    expect(await list()).toEqual({ sites: [] });
    expect(await choose('c1')).toMatchObject({ status: 404 });
  });
});
