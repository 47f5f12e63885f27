import { type ConnectorSpec, defineAction } from '@latchkey/connector-specs';
import { type AuthenticatedUser, systemRandomness } from '@latchkey/core/server';
import {
  createCoreSetupMock,
  type HarnessRequest,
  type HarnessResponse,
} from '@latchkey/core/server/harness';
import { anAuthenticatedUser, createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { CookieJar } from '@latchkey/dev-providers/fake-server';
import {
  createEncryptedSavedObjectsSetupMock,
  createTestEncryption,
} from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { aLocalProvider, type LocalProviderOptions } from '@latchkey/oauth-providers/mocks';
import type { DocumentStore } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import {
  createSecuritySetupMock,
  createSecurityStartMock,
  type SecurityStartMockOptions,
} from '@latchkey/security-plugin/server/mocks';
import { createSpacesSetupMock, createSpacesStartMock } from '@latchkey/spaces-plugin/server/mocks';
import {
  createTaskManagerSetupMock,
  createTaskManagerStartMock,
} from '@latchkey/task-manager-plugin/server/mocks';
import { z } from 'zod';
import { config } from '../../config.ts';
import { ActionsPlugin } from '../../plugin.ts';
import type { ActionsStart, ActionsStartDeps } from '../../types.ts';
import { submitted, unescapeHtml } from '../pages/page_form.mock.ts';

export const ana = anAuthenticatedUser();
export const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });

/** Public address of the fixture server. */
export const PUBLIC_BASE_URL = 'http://localhost:5601';

/** Options of the fixture. All are optional. */
export interface FlowFixtureOptions {
  /** Settings below `xpack.actions`. Loopback hosts are allowed unless `allowedHosts` is set. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly specs?: readonly ConnectorSpec[];
  readonly missing?: SecurityStartMockOptions['missing'];
  /** Existing, enabled users. Default: Ana and Ben. */
  readonly users?: readonly AuthenticatedUser[];
  /** Store of the server. Default: SQLite in memory. */
  readonly store?: DocumentStore;
  readonly wrapStore?: (store: DocumentStore) => DocumentStore;
  readonly basePath?: string;
  readonly userSettings?: SecurityStartMockOptions['userSettings'];
}

/** A user, and the cookies of a browser of that user. */
export interface TestUser {
  readonly user: AuthenticatedUser | null;
  readonly browser: CookieJar;
}

/** Headers of a click on a page of this server whose policy lets browsers send `Referer`. */
export const OWN_CLICK = {
  referer: `${PUBLIC_BASE_URL}/app/connectors`,
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
} as const;

export const aTestUser = (user: AuthenticatedUser | null = ana): TestUser => ({
  user,
  browser: new CookieJar(),
});

/** Response body of the start route. */
export interface Started {
  readonly authorizationUrl: string;
  readonly state: string;
  readonly flowId: string;
  readonly expiresAt: string;
}

/** Creates a connector type that has no API. */
export const aFlowSpec = (id: string, provider: LocalProviderOptions = {}): ConnectorSpec => ({
  metadata: {
    id,
    displayName: id,
    description: 'For tests.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: ['none', 'oauth_authorization_code', 'oauth_client_credentials', 'ears'] },
  schema: z.strictObject({}),
  provider: aLocalProvider(provider),
  actions: {
    noop: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Does nothing.',
      handler: async () => ({}),
    }),
  },
  test: { enabled: true, handler: async () => ({}) },
});

/** URLs of a fake authorization server for a connector. */
export interface ProviderAddress {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
}

/** Creates a connector with its own OAuth app. */
export const anAppConnector = (
  connectorTypeId: string,
  provider: ProviderAddress,
  app: { readonly clientId: string; readonly clientSecret: string },
  over: Readonly<Record<string, unknown>> = {},
) => ({
  connector_type_id: connectorTypeId,
  secrets: {
    authType: 'oauth_authorization_code',
    authorizationUrl: provider.authorizationEndpoint,
    tokenUrl: provider.tokenEndpoint,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    scope: 'files.read offline_access',
    ...over,
  },
});

export type FlowFixture = Awaited<ReturnType<typeof createFlowFixture>>;

/**
 * Starts the whole plugin with real router, store, encryption and egress. Time passes only when the
 * test moves the clock.
 */
export async function createFlowFixture(options: FlowFixtureOptions = {}) {
  const { basePath = '', settings = {}, specs = [] } = options;
  const clock = new ManualClock(new Date());
  const inner = options.store ?? createSqliteStore({ path: ':memory:', now: () => clock.now() });
  const store = options.wrapStore?.(inner) ?? inner;
  const double = createCoreSetupMock<ActionsStartDeps, ActionsStart>({
    store,
    clock,
    randomness: systemRandomness,
    spaces: ['b'],
    publicBaseUrl: `${PUBLIC_BASE_URL}${basePath}`,
    basePath,
  });
  const logger = createLoggerMock('plugins.actions');
  const securitySetup = createSecuritySetupMock();
  const security = createSecurityStartMock({
    audit: securitySetup.audit,
    ...(options.missing === undefined ? {} : { missing: options.missing }),
    activeUsers: options.users ?? [ana, ben],
    ...(options.userSettings === undefined ? {} : { userSettings: options.userSettings }),
  });
  double.core.http.registerAuthorizer((principal, required) =>
    security.missingPrivileges(principal, required),
  );
  const encryption = createEncryptedSavedObjectsSetupMock();
  const spacesSetup = createSpacesSetupMock();
  const spaces = createSpacesStartMock(['b']);
  const tasks = createTaskManagerSetupMock();
  const taskManager = createTaskManagerStartMock();
  const plugin = new ActionsPlugin({
    pluginId: 'actions',
    logger,
    config: config.schema.parse({ allowedHosts: ['127.0.0.1', 'localhost'], ...settings }),
    env: { mode: 'development', dataPath: '', version: '1.0.0', instanceId: 'fixture' },
    clock,
    randomness: systemRandomness,
  });
  const setup = plugin.setup(double.core, {
    encryptedSavedObjects: encryption,
    security: securitySetup,
    spaces: spacesSetup,
    taskManager: tasks,
  });
  for (const spec of specs) setup.registerConnectorSpec(spec);
  double.core.savedObjects.registerEncryption(createTestEncryption(encryption.registrations));
  const core = await double.start();
  const started = await plugin.start(core, { security, spaces, taskManager });
  double.provideStartServices({ security, spaces, taskManager }, started);
  const inject = <B = unknown>(request: HarnessRequest) => double.inject<B>(request);
  const as = async <B = unknown>({ user, browser }: TestUser, request: HarnessRequest) => {
    const url = new URL(request.url, PUBLIC_BASE_URL);
    const cookie = browser.headerFor(url);
    const headers = { ...(cookie === undefined ? {} : { cookie }), ...request.headers };
    const response = await inject<B>({ ...request, user, headers });
    browser.store(url, [response.headers['set-cookie'] ?? []].flat().map(String));
    return response;
  };
  return {
    clock,
    store,
    logger,
    core,
    tasks,
    taskManager,
    spaces,
    spaceData: spacesSetup.handlers,
    security: securitySetup,
    /** Sets the list of existing users. */
    setUsers: (users: readonly AuthenticatedUser[]) => security.setActiveUsers(users),
    actions: started,
    audit: securitySetup.audit,
    httpLogger: double.harness.logger,
    /** `fetch` for the HTTP client of the routes. Its requests have the session of Ana. */
    fetch: double.harness.fetch,
    inject,
    as,
    ...callsOf(as),
    /** Returns every stored document. Encrypted attributes are not decrypted. */
    dump: async () => {
      const found: unknown[] = [];
      const types = core.savedObjects.getTypes().map(({ name }) => name);
      for await (const batch of store.iterate({ types, batchSize: 100 })) found.push(...batch);
      return found;
    },
    close: async () => {
      await plugin.stop();
      await double.close();
    },
  };
}

type As = <B = unknown>(testUser: TestUser, request: HarnessRequest) => Promise<HarnessResponse<B>>;

/** Functions for the requests of a flow, as the user interface and browsers send them. */
function callsOf(as: As) {
  return {
    /** Creates a connector. @throws Error unless the status is 200 */
    create: async (id: string, body: Readonly<Record<string, unknown>>, space = '') => {
      const url = `${prefixOf(space)}/api/actions/connector/${id}`;
      const response = await as(aTestUser(), { method: 'POST', url, body: { name: id, ...body } });
      if (response.status !== 200) throw new Error(`create: ${response.status} ${response.text}`);
    },
    start: (testUser: TestUser, id: string, over: { returnUrl?: string; space?: string } = {}) =>
      as<Started>(testUser, {
        method: 'POST',
        url: `${prefixOf(over.space)}/internal/actions/connector/${id}/_start_oauth_flow`,
        body: over.returnUrl === undefined ? {} : { returnUrl: over.returnUrl },
      }),
    /**
     * Opens the link that starts an authorization, as a browser does. `user`: the user for whom the
     * link was made.
     */
    openLink: (testUser: TestUser, id: string, over: LinkOptions = {}) =>
      as<string>(testUser, {
        method: 'GET',
        url: `${prefixOf(over.space)}/api/actions/connector/${id}/oauth/start${userQuery(over.user)}`,
        headers: { accept: 'text/html', ...over.headers },
        defaultHeaders: false,
      }),
    /** Submits the form of a page with one of its buttons. */
    press: (
      testUser: TestUser,
      page: { readonly text: string },
      over: {
        readonly fields?: Readonly<Record<string, string>>;
        readonly headers?: Readonly<Record<string, string>>;
        /** Value of the button. Default: the first button. */
        readonly button?: string;
      } = {},
    ) => {
      const form = submitted(page, over.button);
      return as<string>(testUser, {
        method: 'POST',
        url: form.action,
        headers: {
          accept: 'text/html',
          'content-type': 'application/x-www-form-urlencoded',
          ...over.headers,
        },
        body: new URLSearchParams({ ...form.fields, ...over.fields }).toString(),
        defaultHeaders: false,
      });
    },
    /** Opens the callback URL in the browser. */
    arrive: (testUser: TestUser, at: URL | string) =>
      as<string>(testUser, { method: 'GET', url: pathOf(at), headers: { accept: 'text/html' } }),
    /** Posts a form to the callback, as the browser does. */
    post: (testUser: TestUser, at: URL | string, fields: Readonly<Record<string, string>>) =>
      as<string>(testUser, {
        method: 'POST',
        url: pathOf(at),
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
        defaultHeaders: false,
      }),
    cancel: (testUser: TestUser, id: string, state: string) =>
      as(testUser, {
        method: 'POST',
        url: `/internal/actions/connector/${id}/_oauth_cancel`,
        body: { state },
      }),
    disconnect: (testUser: TestUser, id: string) =>
      as(testUser, { method: 'POST', url: `/internal/actions/connector/${id}/_oauth_disconnect` }),
    statusOf: async (testUser: TestUser, id: string, space = ''): Promise<string | undefined> => {
      const response = await as<Record<string, { connection_status?: string }>>(testUser, {
        method: 'POST',
        url: `${prefixOf(space)}/internal/actions/connectors/_me/auth_status`,
        body: { connector_ids: [id] },
      });
      return response.body[id]?.connection_status;
    },
  };
}

/** Options of `openLink`. */
interface LinkOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly space?: string;
}

const userQuery = (user: string | undefined): string =>
  user === undefined ? '' : `?user=${encodeURIComponent(user)}`;

const prefixOf = (space = ''): string => (space === '' ? '' : `/s/${space}`);

const pathOf = (at: URL | string): string =>
  typeof at === 'string' ? at : `${at.pathname}${at.search}`;

/**
 * Wraps a store and delays its reads, so that simultaneous callers have all read before one writes.
 */
export function withLateReads(store: DocumentStore): DocumentStore {
  return withMethods(store, {
    getMany: async (keys, type) => {
      const found = await store.getMany(keys, type);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return found;
    },
  });
}

/** Returns the store with some methods replaced. */
export function withMethods(store: DocumentStore, over: Partial<DocumentStore>): DocumentStore {
  return {
    prepare: (types) => store.prepare(types),
    getMany: (keys, type) => store.getMany(keys, type),
    put: (document, options) => store.put(document, options),
    delete: (key, type, options) => store.delete(key, type, options),
    search: (request) => store.search(request),
    iterate: (request) => store.iterate(request),
    ping: () => store.ping(),
    close: () => store.close(),
    ...over,
  };
}

/** Returns the message that a result page sends to its opener. `undefined`: it sends none. */
export function broadcastOf(html: string): unknown {
  const data = /data-broadcast="([^"]*)"/.exec(html)?.[1];
  if (data === undefined) return undefined;
  return JSON.parse(unescapeHtml(data));
}
