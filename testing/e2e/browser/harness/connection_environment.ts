import { type DevProviders, devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import {
  aDataPath,
  type ConnectorBody,
  createConnector,
  createUser,
  driveByOwnApp,
  type Reachable,
  type ServerProcess,
  startServer,
  stopAtTheEnd,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import { createSpace, inSpace } from '../../support/spaces.ts';
import { storedDocuments, withBareStore } from '../../support/stored_documents.ts';
import { type BasePathProxy, startBasePathProxy } from './base_path_proxy.ts';
import { DEFAULT_SPACE, type Place } from './places.ts';

const ROLE = 'connector_user';
const STATE_TYPE = 'oauth_state';
const CONNECTOR_TYPE = 'action';
const TOKEN_TYPE = 'user_connector_token';
/** Build of servers whose disconnects must tell the user the result at the provider. */
export const WAITS_FOR_REVOCATIONS = new URL(
  '../../builds/waits_for_revocations_build.ts',
  import.meta.url,
);
const RUNS_AHEAD = new URL('../../builds/runs_ahead_build.ts', import.meta.url);
const grants = z.object({
  grants: z.array(z.object({ username: z.string().optional(), connection_status: z.string() })),
});

/** Options of {@link useConnectionEnvironment}. */
export interface EnvironmentOptions {
  /** Path below which users reach the server. Default: none. */
  readonly basePath?: string;
  /** Settings besides those of the test providers. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Build of the servers. Default: the product. */
  readonly build?: URL;
  /** Store of the server. Default: a SQLite file. */
  readonly store?: { newSettings(): Readonly<Record<string, unknown>> };
}

/** A server behind a proxy, test providers, and two users who may use connectors. */
export interface ConnectionEnvironment extends Pick<DevProviders, 'google' | 'strict'> {
  readonly providers: DevProviders;
  /** Users know the address of the proxy only. */
  readonly proxy: BasePathProxy;
  readonly admin: TestUser;
  readonly ana: TestUser;
  readonly ben: TestUser;
  /**
   * Replaces the privileges of Ana and Ben on connectors, immediately for requests to this server.
   */
  setPrivileges(privileges: readonly 'read'[], server: Reachable): Promise<void>;
  /** Stops the server of a site. Requests fail until `startAgain`. */
  stop(site?: BasePathProxy): Promise<void>;
  /** Kills the server with SIGKILL. Requests fail until `startAgain`. */
  kill9(): Promise<void>;
  /** Resolves when the server has ended. */
  ended(): Promise<void>;
  /** @param how.build another build of the server. Default: that of the environment */
  startAgain(how?: { readonly site?: BasePathProxy; readonly build?: URL }): Promise<void>;
  /**
   * Lets a server respond whose clock is past the end of all running attempts.
   * @returns a function that ends this
   */
  passTime(site?: BasePathProxy): Promise<() => void>;
  /** The site of a place, whose server and space are created when a test needs them. */
  siteAt(place: Place): Promise<BasePathProxy>;
  /** Starts another server on the same store, which users reach at another address. */
  addSite(basePath: string, settings?: Readonly<Record<string, unknown>>): Promise<BasePathProxy>;
  /** Creates a connector to Google Drive. */
  createDrive(name: string, server?: Reachable): Promise<string>;
  create(body: ConnectorBody, server?: Reachable): Promise<string>;
  /** Stored connections of a connector, as `username status`. */
  storedConnections(connectorId: string, server?: Reachable): Promise<readonly string[]>;
  /** Number of documents with tokens of a connector, which may be deleted. */
  storedTokens(connectorId: string): Promise<number>;
  /** Marks the secrets of a connector as missing, as after an import. */
  loseSecrets(connectorId: string): Promise<void>;
  /** Expires an attempt whose user does not return. Its verifier becomes unreadable. */
  expireAttempt(flowId: string, connectorId: string): Promise<void>;
  /** Moves the use of an attempt's state to now, however long the server was stopped. */
  restartCompletion(flowId: string): Promise<void>;
  /** Moves the use of an attempt's state into the past: its server had time to finish. */
  endCompletion(flowId: string): Promise<void>;
}

/** Starts a {@link ConnectionEnvironment} before the tests of the file, and stops it after them. */
export function useConnectionEnvironment(options: EnvironmentOptions = {}): ConnectionEnvironment {
  const environment = {};
  beforeAll(async () => {
    Object.assign(environment, await startEnvironment(options));
  });
  afterAll(stopEverything);
  return environment as ConnectionEnvironment;
}

async function startEnvironment({
  basePath = '',
  settings: own,
  build: usualBuild,
  store,
}: EnvironmentOptions): Promise<ConnectionEnvironment> {
  const anyPort = { port: 0 };
  const providers = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
  stopAtTheEnd(() => providers.stop());
  const dataPath = aDataPath();
  const settings = { ...devServerSettings(providers), ...store?.newSettings(), ...own };
  const launch = (
    site: BasePathProxy,
    more: object = {},
    build = usualBuild,
  ): Promise<ServerProcess> => {
    const atPath = site.basePath === '' ? {} : { 'server.basePath': site.basePath };
    return startServer({
      dataPath,
      settings: { ...settings, ...atPath, ...more },
      publicBaseUrl: site.url,
      build,
    });
  };
  const start = async (...how: Parameters<typeof launch>): Promise<ServerProcess> => {
    const started = await launch(...how);
    how[0].forwardTo(started.url);
    servers.set(how[0], started);
    return started;
  };
  const servers = new Map<BasePathProxy, ServerProcess>();
  const serverOf = (site: BasePathProxy): ServerProcess => {
    const server = servers.get(site);
    if (server === undefined) throw new Error(`No server was started for ${site.url}`);
    return server;
  };
  const proxy = await startBasePathProxy(basePath);
  await start(proxy);
  const admin = new TestUser({ username: 'elastic', password: 'changeme', isProgram: true });
  const users = await createUsers(admin, proxy);
  const create: ConnectionEnvironment['create'] = (body, at = proxy) =>
    createConnector(admin, at, body);
  const changeAttempt = (flowId: string, attributes: object) =>
    changeStored({ dataPath, settings }, STATE_TYPE, { matches: endsWith(flowId), attributes });
  const addSite: ConnectionEnvironment['addSite'] = async (path, more) => {
    const site = await startBasePathProxy(path);
    await start(site, more);
    return site;
  };
  const ahead = new Map<BasePathProxy, ServerProcess>();
  const sites = new Map([[basePath, proxy]]);
  const spaces = new Set([DEFAULT_SPACE]);
  return {
    providers,
    proxy,
    google: providers.google,
    strict: providers.strict,
    admin,
    ...users,
    setPrivileges: (privileges, server) => putRole(admin, server, privileges),
    stop: async (site = proxy) => {
      await serverOf(site).stop();
    },
    kill9: async () => {
      await serverOf(proxy).kill9();
    },
    ended: async () => {
      await serverOf(proxy).exited;
    },
    startAgain: async ({ site = proxy, build } = {}) => {
      await start(site, {}, build);
    },
    async passTime(site = proxy) {
      const later = ahead.get(site) ?? (await launch(site, {}, RUNS_AHEAD));
      ahead.set(site, later);
      site.forwardTo(later.url);
      return () => site.forwardTo(serverOf(site).url);
    },
    addSite,
    async siteAt({ basePath: path, spaceId }) {
      if (!spaces.has(spaceId)) await createSpace(admin, proxy, spaceId);
      spaces.add(spaceId);
      const site = sites.get(path) ?? (await addSite(path));
      sites.set(path, site);
      return site;
    },
    create,
    createDrive: (name, at) => create({ ...driveByOwnApp(providers), name }, at),
    async storedConnections(connectorId, at = proxy) {
      const body = await admin.json(at, `GET /api/actions/connector/${connectorId}/grants`);
      return grants
        .parse(body)
        .grants.map(({ username, connection_status: status }) => `${username} ${status}`);
    },
    async storedTokens(connectorId) {
      const all = await storedDocuments({ dataPath, settings }, TOKEN_TYPE);
      return all.filter(({ attributes }) => attributes['connectorId'] === connectorId).length;
    },
    loseSecrets: (connectorId) =>
      changeStored({ dataPath, settings }, CONNECTOR_TYPE, {
        matches: endsWith(connectorId),
        attributes: { isMissingSecrets: true, secrets: undefined },
      }),
    async expireAttempt(flowId, connectorId) {
      await changeAttempt(flowId, { expiresAt: ago(1000) });
      await changeStored({ dataPath, settings }, TOKEN_TYPE, {
        matches: ({ attributes }) => attributes['connectorId'] === connectorId,
        attributes: { pendingUntil: ago(1000) },
      });
    },
    restartCompletion: (flowId) => changeAttempt(flowId, { usedAt: ago(0) }),
    endCompletion: (flowId) => changeAttempt(flowId, { usedAt: ago(COMPLETION_OVER_MS) }),
  };
}

/** Longer than a server may take between the callback and the outcome. */
const COMPLETION_OVER_MS = 3 * 60_000;

/** Address of a space of a site. */
export const addressOf = (site: BasePathProxy, spaceId: string): Reachable =>
  spaceId === DEFAULT_SPACE ? site : inSpace(site, spaceId);

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

async function putRole(
  admin: TestUser,
  server: Reachable,
  privileges: readonly 'read'[],
): Promise<void> {
  // Users without any privilege in a space get 404 there, so they get one that changes nothing.
  const feature = privileges.length === 0 ? { api_keys: ['all'] } : { actions: privileges };
  const kibana = [{ feature, spaces: ['*'] }];
  await admin.json(server, `PUT /api/security/role/${ROLE}`, { kibana });
}

async function createUsers(admin: TestUser, server: Reachable) {
  await putRole(admin, server, ['read']);
  const ana = new TestUser({
    username: 'ana',
    password: 'ana-password-7c41',
    account: 'ana',
    isProgram: true,
  });
  const ben = new TestUser({
    username: 'ben',
    password: 'ben-password-93fe',
    account: 'ben',
    isProgram: true,
  });
  for (const user of [ana, ben]) await createUser(admin, server, user, [ROLE]);
  return { ana, ben };
}

const endsWith =
  (id: string) =>
  ({ key }: StoredDocument): boolean =>
    key.endsWith(`:${id}`);

/** Changes a stored document. The server reads it again for every request. */
async function changeStored(
  where: { readonly dataPath: string; readonly settings: Readonly<Record<string, unknown>> },
  type: string,
  change: {
    readonly matches: (document: StoredDocument) => boolean;
    readonly attributes: object;
  },
): Promise<void> {
  await withBareStore(where, type, async (store) => {
    for await (const batch of store.iterate({ types: [type], batchSize: 100 })) {
      const found = batch.find(change.matches);
      if (found === undefined) continue;
      await store.put({ ...found, attributes: { ...found.attributes, ...change.attributes } });
      return;
    }
    throw new Error(`The store has no such ${type}`);
  });
}
