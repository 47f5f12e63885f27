import {
  aSiteConnector,
  atlassianSpec,
  salesforceSpec,
} from '@latchkey/actions-plugin/server/testing';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type SiteProviders, startSiteProviders } from '@latchkey/dev-providers/quirks';
import type { Reachable, TestUser } from '@latchkey/test-environment';
import { createConnector } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everythingStored } from '../support/everything_stored.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const BUILD = new URL('../builds/connectors_with_grant_facts_build.ts', import.meta.url);

/**
 * Site providers of these tests. They listen before the servers start, because settings of the
 * servers contain their ports.
 */
const sites: { current: SiteProviders | undefined } = { current: undefined };
const providers = (): SiteProviders => {
  if (sites.current === undefined) throw new Error('the providers are not started');
  return sites.current;
};
beforeAll(async () => {
  sites.current = await startSiteProviders();
});
afterAll(() => sites.current?.stop());

onEachStore((store) => {
  const environment = startBeforeAll(() => ({
    store,
    processes: 2,
    build: BUILD,
    settings: {
      'xpack.actions.allowedHosts': ['*', 'localhost', '127.0.0.1'],
      'xpack.actions.dev.hostOverrides': providers().hostOverrides,
    },
  }));

  /** Connects a user. The providers of these tests consent immediately, without a page. */
  async function connect(user: TestUser, connector: string) {
    const { first } = environment;
    const { authorizationUrl } = await user.startFlow(first, connector);
    const { headers } = await fetch(authorizationUrl, { redirect: 'manual' });
    const { pathname, search } = new URL(headers.get('location') ?? '');
    return user.call(first, `GET ${pathname}${search}`);
  }
  const whoami = (user: TestUser, server: Reachable, connector: string) =>
    user.execute(server, connector, { subAction: 'whoami', subActionParams: {} });

  describe('the organisation’s host that the token response names', () => {
    let connector: string;
    const named = (name: string) => ({ instance_url: `https://${name}.my.salesforce.com` });
    const calls = (name: string) => ({ status: 'ok', data: { status: 200, grant: named(name) } });
    beforeEach(async () => {
      const { admin, first } = environment;
      const { salesforce } = providers();
      salesforce.nameFacts(named('acme'));
      connector = await createConnector(admin, first, {
        name: 'CRM',
        ...aSiteConnector(salesforceSpec, salesforce, 'api refresh_token'),
      });
    });

    it('receives the calls of its user, from every process and after a refresh', async () => {
      const { ana, ben, first, second } = environment;
      const { salesforce } = providers();
      expect((await connect(ana, connector)).status).toBe(200);
      salesforce.nameFacts(named('moved'));
      expect((await connect(ben, connector)).status).toBe(200);
      expect(await whoami(ana, second, connector)).toMatchObject(calls('acme'));
      expect(await whoami(ben, first, connector)).toMatchObject(calls('moved'));
      salesforce.nameFacts({ instance_url: 'https://evil.example' });
      salesforce.expireAccessTokens();
      expect(await whoami(ana, second, connector)).toMatchObject(calls('acme'));
      expect(await whoami(ana, first, connector)).toMatchObject(calls('acme'));
      expect(await everythingStored(environment)).not.toContain('acme.my.salesforce.com');
    });

    it('is refused together with the authorization when the provider catalogue does not permit that host', async () => {
      const { ana, first } = environment;
      const { salesforce } = providers();
      const alive = salesforce.liveGrants();
      salesforce.nameFacts({ instance_url: 'https://acme.my.salesforce.com.evil.example' });
      const page = await connect(ana, connector);
      expect(page.status).toBe(502);
      expect(page.text).not.toContain('evil');
      expect(await ana.connectionStatus(first, connector)).toBe('not_connected');
      expect(await whoami(ana, first, connector)).toMatchObject({ status: 'error' });
      // The tokens of the refused authorization are revoked in the background.
      await waitUntil('the revocation', () => salesforce.liveGrants() === alive);
    });
  });

  describe('the sites that an authorization covers', () => {
    it('are listed, and one is chosen and changed, from every process', async () => {
      const { admin, ana, first, second } = environment;
      const { atlassian } = providers();
      const connector = await createConnector(admin, first, {
        name: 'Jira',
        ...aSiteConnector(atlassianSpec, atlassian, 'read:jira-work offline_access'),
      });
      const sites = `/api/actions/connector/${connector}/_sites`;
      atlassian.nameFacts({ cloudId: ['c1', 'c2'] });
      expect((await connect(ana, connector)).status).toBe(200);
      expect(await ana.connectionStatus(second, connector)).toBe('needs_site');
      expect(await ana.json(second, `GET ${sites}`)).toMatchObject({
        sites: [{ id: 'c1' }, { id: 'c2' }],
      });
      expect(await whoami(ana, first, connector)).toMatchObject({ status: 'error' });
      for (const cloudId of ['c2', 'c1']) {
        await ana.json(second, `PUT ${sites}`, { site_id: cloudId });
        atlassian.expireAccessTokens();
        const execution = await whoami(ana, first, connector);
        expect(execution).toMatchObject({ status: 'ok', data: { grant: { cloudId } } });
        expect(await ana.connectionStatus(first, connector)).toBe('connected');
      }
    });
  });
});
