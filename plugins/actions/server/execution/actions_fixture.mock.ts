import { type ConnectorSpec, connectorSpecs } from '@latchkey/connector-specs';
import type { AuthenticatedUser } from '@latchkey/core/server';
import {
  createCoreSetupMock,
  type HarnessRequest,
  type HarnessResponse,
} from '@latchkey/core/server/harness';
import {
  anAuthenticatedUser,
  createLoggerMock,
  ManualClock,
  seededRandomness,
} from '@latchkey/core/server/mocks';
import { createEgress } from '@latchkey/egress';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import type { TokenGrant } from '@latchkey/oauth-client';
import type { DocumentStore } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  createSecurityStartMock,
  type SecurityStartMockOptions,
} from '@latchkey/security-plugin/server/mocks';
import { createSpacesStartMock } from '@latchkey/spaces-plugin/server/mocks';
import { createActionsMetrics } from '../actions_metrics.ts';
import type { ActionsServices } from '../build_services.ts';
import {
  type DecryptedConnector,
  mapConnectorError,
  requireReadable,
} from '../connector_data/index.ts';
import { registerFormRoutes } from '../connector_form/index.ts';
import { mapConnectorTypeError } from '../connector_types/index.ts';
import { registerConnectorRoutes } from '../connectors/index.ts';
import {
  createActionsStack,
  createTypeRegistry,
  parseSettings,
  pluginTypes,
  registerActionsTypes,
} from '../testing/index.ts';
import type { ActionsStartDeps } from '../types.ts';
import { registerExecuteRoute } from './execute_route.ts';
import { PROBE_ORIGIN, probeSpec } from './probe_spec.mock.ts';
import { IDP_ORIGIN, StrictIdp } from './strict_idp.mock.ts';
import { startUpstream, type Upstream } from './upstream.mock.ts';

/** Options of the fixture. All are optional. */
export interface FixtureOptions {
  readonly missing?: SecurityStartMockOptions['missing'];
  /** Settings below `xpack.actions`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Connector types in addition to those of the product and the type `.probe`. */
  readonly specs?: readonly ConnectorSpec[];
  readonly wrapStore?: (store: DocumentStore) => DocumentStore;
  /** Called with the open store before the server uses it, for example to write old documents. */
  readonly seed?: (store: DocumentStore) => Promise<void>;
}

/**
 * The services and routes of the plugin with real store, encryption, egress and HTTP. A fake
 * service and a fake authorization server listen on loopback.
 */
export type ActionsFixture = Awaited<ReturnType<typeof createActionsFixture>>;

/** Another allowed origin with a server, which records requests that were sent there by mistake. */
export const ELSEWHERE_ORIGIN = 'https://elsewhere.probe.example';

/** Creates the encryption of the fixture, for tests that write documents directly. */
export const fixtureEncryption = () => createTestEncryption(pluginTypes().encrypted);

export const ana = anAuthenticatedUser();
export const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });

/** Returns secrets of an OAuth app at the fake authorization server. */
export const oauthApp = (over: Readonly<Record<string, unknown>> = {}) => ({
  authType: 'oauth_authorization_code',
  authorizationUrl: `${IDP_ORIGIN}/authorize`,
  tokenUrl: `${IDP_ORIGIN}/token`,
  clientId: 'development-client',
  clientSecret: 'development-client-secret',
  ...over,
});

/** Secrets of an OAuth app that requests a token for the application itself. */
export const clientCredentials = {
  authType: 'oauth_client_credentials',
  tokenUrl: `${IDP_ORIGIN}/token`,
  clientId: 'development-client',
  clientSecret: 'development-client-secret',
} as const;

export async function createActionsFixture(options: FixtureOptions = {}) {
  const [api, elsewhere] = await Promise.all([startUpstream(), startUpstream()]);
  const idp = await StrictIdp.start();
  const clock = new ManualClock();
  const inner = createSqliteStore({ path: ':memory:', now: () => clock.now() });
  const store = options.wrapStore?.(inner) ?? inner;
  const double = createCoreSetupMock<ActionsStartDeps>({ store, clock, spaces: ['sales'] });
  const logger = createLoggerMock('plugins.actions');
  const security = createSecurityStartMock(
    options.missing === undefined ? {} : { missing: options.missing },
  );
  const spaces = createSpacesStartMock(['sales']);
  const { types, egress } = createTypes({ api, elsewhere, idp }, options);
  registerActionsTypes(double.core.savedObjects);
  let services: ActionsServices | undefined;
  const running = () => services ?? fail('the fixture is not running');
  const router = double.core.http.createRouter({
    mapError: (error) => mapConnectorTypeError(error) ?? mapConnectorError(error),
    services: running,
  });
  registerConnectorRoutes(router);
  registerFormRoutes(router);
  registerExecuteRoute(router, types);
  if (options.seed !== undefined) {
    await store.prepare(pluginTypes().types);
    await options.seed(store);
  }
  const core = await double.start();
  services = createActionsStack({
    savedObjects: core.savedObjects,
    urls: core.http.urls,
    clock,
    randomness: seededRandomness('fixture'),
    instanceId: 'fixture',
    logger,
    settings: options.config ?? {},
    egress,
    types,
    metrics: createActionsMetrics(double.core),
    plugins: { security, spaces },
  });
  const inject = <B = unknown>(request: HarnessRequest) => double.inject<B>(request);
  return {
    api,
    elsewhere,
    idp,
    clock,
    store,
    logger,
    types,
    egress,
    services,
    spaces,
    security,
    audit: security.audit,
    /** Sets the list of existing users. */
    setUsers: (users: readonly AuthenticatedUser[]) => security.setActiveUsers(users),
    metricsText: () => double.metricsText(),
    inject,
    ...clientOf(inject),
    /** Returns the connector with its secrets, as the server reads it. */
    read: async (id: string, spaceId = 'default'): Promise<DecryptedConnector> =>
      requireReadable(await running().connectorReader.find(id, spaceId)) ??
      fail(`no connector [${id}]`),
    /** Stores a grant as the callback of an authorization does. */
    connect: async (
      id: string,
      user: AuthenticatedUser = ana,
      spaceId = 'default',
      over: Partial<TokenGrant> = {},
    ) => {
      const { connectorReader, clients, grants } = running();
      const connector =
        requireReadable(await connectorReader.find(id, spaceId)) ?? fail(`no connector [${id}]`);
      const grant = idp.authorize(user.username, new Date(clock.now()), over);
      const client = clients.forConnector(connector);
      await grants.saveGrant({ connector, client, profileUid: user.profileUid, grant });
      return grant;
    },
    close: async () => {
      await running().tokens.stop(1000);
      await double.close();
      await egress.close();
      await Promise.all([api.close(), elsewhere.close(), idp.upstream.close()]);
    },
  };
}

function createTypes(
  {
    api,
    elsewhere,
    idp,
  }: { readonly api: Upstream; readonly elsewhere: Upstream; readonly idp: StrictIdp },
  options: FixtureOptions,
) {
  const config = parseSettings(options.config);
  const egress = createEgress({
    allowedHosts: [
      'localhost',
      '127.0.0.1',
      'www.googleapis.com',
      'oauth2.googleapis.com',
      'accounts.google.com',
      'graph.microsoft.com',
      'login.microsoftonline.com',
      'api.probe.example',
      'idp.probe.example',
      'elsewhere.probe.example',
    ],
    dangerouslyAllowHttp: true,
    hostOverrides: {
      'https://www.googleapis.com': api.otherOrigin,
      'https://oauth2.googleapis.com': idp.upstream.otherOrigin,
      'https://graph.microsoft.com': api.otherOrigin,
      [PROBE_ORIGIN]: api.otherOrigin,
      [ELSEWHERE_ORIGIN]: elsewhere.otherOrigin,
      // A relative reference inherits the scheme of the connector's URL, which is http in the
      // fixture.
      [ELSEWHERE_ORIGIN.replace('https:', 'http:')]: elsewhere.otherOrigin,
      [IDP_ORIGIN]: idp.upstream.otherOrigin,
    },
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 64 * 1024,
    timeoutMs: config.responseTimeout,
  });
  const specs = [...connectorSpecs, probeSpec, ...(options.specs ?? [])];
  return { types: createTypeRegistry({ config, egress, specs }), egress };
}

/** Functions for the two requests that most tests send. */
function clientOf(inject: <B>(request: HarnessRequest) => Promise<HarnessResponse<B>>) {
  return {
    /** Creates a connector with the given id. @throws Error unless the status is 200 */
    create: async (id: string, body: Readonly<Record<string, unknown>>, prefix = '') => {
      const url = `${prefix}/api/actions/connector/${id}`;
      const response = await inject<Record<string, unknown>>({
        method: 'POST',
        url,
        body: { name: id, ...body },
      });
      if (response.status !== 200)
        fail(`create [${id}] responded with ${response.status}: ${response.text}`);
      return response.body;
    },
    /** Executes a sub-action as a user. */
    execute: (
      id: string,
      params: Readonly<Record<string, unknown>>,
      over: Partial<HarnessRequest> = {},
    ) =>
      inject<Record<string, unknown>>({
        method: 'POST',
        url: `/api/actions/connector/${id}/_execute`,
        body: { params },
        ...over,
      }),
  };
}

function fail(why: string): never {
  throw new Error(why);
}
