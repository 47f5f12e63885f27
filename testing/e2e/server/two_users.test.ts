import { connectorSpecs } from '@latchkey/connector-specs';
import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import { type ProviderName, providers, resolveProvider } from '@latchkey/oauth-providers';
import { createConnector, type TestUser } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT_CALLS, bodyFor } from '../support/connectors_with_accounts.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/**
 * Number of calls that are sent at the same time, half of them by each user. Before them, all
 * access tokens expire.
 */
const CALLS = 100;
/** Connector types that can call any API, so that no account call is known for them. */
const ANY_API = ['.custom_api', '.http'];

const servers = new Map<ProviderName, QuirkServer>();
const serverOf = (provider: ProviderName): QuirkServer => {
  const server = servers.get(provider);
  if (server === undefined) throw new Error('the providers are not started');
  return server;
};

beforeAll(async () => {
  for (const { provider } of ACCOUNT_CALLS) {
    if (servers.has(provider)) continue;
    const entry = resolveProvider(providers[provider], {});
    const apiBody = ({ path, account }: { readonly path: string; readonly account: string }) =>
      bodyFor(provider, path, account);
    servers.set(provider, await startQuirkServer({ entry, apiBody }));
  }
});
afterAll(() => Promise.all([...servers.values()].map((server) => server.stop())));

/**
 * Connector types that use the store differently: a rotating refresh token, a chosen site, a host
 * that the grant names, and no refresh.
 */
const KINDS = ['.airtable', '.jira-cloud', '.salesforce', '.slack2'];
const ONE_OF_EACH_KIND = ACCOUNT_CALLS.filter(({ connectorTypeId }) =>
  KINDS.includes(connectorTypeId),
);

/** The account of a user at the providers. */
const accountOf = ({ username }: TestUser): string => `${username}@example.com`;

/**
 * Settings that send requests for the hosts of the providers and of their APIs to the test servers.
 */
function hostOverrides(): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const { provider, origins } of ACCOUNT_CALLS) {
    const entry = resolveProvider(providers[provider], {});
    const { authorize, token, revocation, account, grantFacts } = entry;
    const urls = [
      authorize.url,
      token.url,
      token.refreshUrl,
      revocation?.url.replace('{client_id}', ''),
      account?.from === 'request' ? account.url : undefined,
      ...grantFacts.map(({ url }) => url),
      ...origins,
    ].filter((url) => url !== undefined);
    for (const url of urls) overrides[new URL(url).origin] = serverOf(provider).origin;
  }
  return overrides;
}

it('each connector type that users authorize at a known provider has an account call', () => {
  const personal = connectorSpecs.filter(({ auth }) =>
    auth?.types.some(
      (type) => (typeof type === 'string' ? type : type.type) === 'oauth_authorization_code',
    ),
  );
  const ids = personal.map(({ metadata }) => metadata.id).filter((id) => !ANY_API.includes(id));
  expect(ACCOUNT_CALLS.map(({ connectorTypeId }) => connectorTypeId).sort()).toEqual(ids.sort());
});

onEachStore((store) => {
  const environment = startBeforeAll(() => ({
    store,
    processes: 2,
    settings: {
      'xpack.actions.allowedHosts': ['*', 'localhost', '127.0.0.1'],
      'xpack.actions.dev.hostOverrides': hostOverrides(),
    },
  }));

  /**
   * Authorizes a connector with the account of the user. The providers consent immediately, without
   * a page.
   */
  async function connect(user: TestUser, connector: string): Promise<void> {
    const { first } = environment;
    const { authorizationUrl } = await user.startFlow(first, connector);
    const url = new URL(authorizationUrl);
    url.searchParams.set('login_hint', user.username);
    const { headers } = await fetch(url, { redirect: 'manual' });
    const { pathname, search } = new URL(headers.get('location') ?? '');
    const page = await user.call(first, `GET ${pathname}${search}`);
    expect(page.status).toBe(200);
  }

  it.each(store.name === 'SQLite' ? ACCOUNT_CALLS : ONE_OF_EACH_KIND)(
    'F77: $connectorTypeId gives two users only their own data in many simultaneous calls, and refreshes an expired token once',
    async ({ connectorTypeId, provider, action, input }) => {
      const { admin, ana, ben, first, second } = environment;
      const server = serverOf(provider);
      const connector = await createConnector(admin, first, {
        name: connectorTypeId,
        connector_type_id: connectorTypeId,
        secrets: {
          authType: 'oauth_authorization_code',
          clientId: server.client.id,
          clientSecret: server.client.secret,
        },
      });
      for (const user of [ana, ben]) await connect(user, connector);
      const canRefresh = providers[provider].refreshToken !== undefined;
      const problems: unknown[] = [];
      const call = async (index: number) => {
        const [user, other] = index % 2 === 0 ? [ana, ben] : [ben, ana];
        const process = index % 4 < 2 ? first : second;
        const execution = await user.execute(process, connector, {
          subAction: action,
          subActionParams: input,
        });
        const text = JSON.stringify(execution);
        const isOwn = text.includes(accountOf(user)) && !text.includes(accountOf(other));
        if (execution.status !== 'ok' || !isOwn) problems.push({ user: user.username, execution });
      };
      if (canRefresh) server.expireAccessTokens();
      server.clearRequests();
      await Promise.all(Array.from({ length: CALLS }, (_, index) => call(index)));
      expect(problems).toEqual([]);
      const refreshes = (user: TestUser) =>
        ['token', 'refresh'].flatMap((endpoint) =>
          server.requests({ endpoint, account: accountOf(user) }),
        );
      for (const user of [ana, ben]) {
        expect(refreshes(user)).toHaveLength(canRefresh ? 1 : 0);
        expect(await user.status(second, connector)).toMatchObject({
          connection_status: 'connected',
        });
      }
    },
  );
});
