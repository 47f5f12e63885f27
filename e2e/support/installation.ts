import { type DevProviders, devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import { aDataPath, type ServerProcess, startServer, stopAtTheEnd } from './start_server.ts';
import { type Store, sqlite } from './stores.ts';
import { TestUser } from './test_user.ts';

/** An installation with an administrator and two people who may use connectors, and the services they have accounts at. */
export interface Installation {
  readonly providers: DevProviders;
  /** In the order they were started; the first one's URL is the public one. */
  readonly servers: readonly [ServerProcess, ...ServerProcess[]];
  readonly dataPath: string;
  /** What every process was started with; its own port and data folder aside. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly admin: TestUser;
  readonly ana: TestUser;
  readonly ben: TestUser;
  /** One more process on the same store. */
  addServer(settings?: Readonly<Record<string, unknown>>, build?: URL): Promise<ServerProcess>;
  /** Before its file ends; `stopEverything` ends it anyway. */
  stop(): Promise<void>;
}

/** May use connectors, authorize them and create API keys, and nothing else. */
const ROLE = 'connector_user';

/** Builds the scenario of most tests: real processes on one store, everybody signed in, nobody connected. */
export async function twoUsers(
  options: {
    /** Default: a SQLite file. */
    readonly store?: Store;
    readonly processes?: number;
    readonly settings?: Readonly<Record<string, unknown>>;
    /** Default: those that point at the stand-ins. */
    readonly providerSettings?: (
      providers: DevProviders,
    ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
    /** Of the first processes; default: the product as it is. */
    readonly build?: URL;
    /** Default: the well-known one of development. */
    readonly adminPassword?: string;
  } = {},
): Promise<Installation> {
  const anyPort = { port: 0 };
  const providers = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
  stopAtTheEnd(() => providers.stop());
  const dataPath = aDataPath();
  const settings = {
    ...(options.store ?? sqlite).newSettings(),
    ...(await (options.providerSettings ?? devServerSettings)(providers)),
    ...(options.adminPassword === undefined
      ? {}
      : { 'xpack.security.initialAdminPassword': options.adminPassword }),
    ...options.settings,
  };
  const first = await startServer({ dataPath, settings, build: options.build });
  const servers: [ServerProcess, ...ServerProcess[]] = [first];
  const addServer = async (more: Readonly<Record<string, unknown>> = {}, build = options.build) => {
    const server = await startServer({
      dataPath,
      settings: { ...settings, ...more },
      publicBaseUrl: first.url,
      build,
    });
    servers.push(server);
    return server;
  };
  // One after the other: the first creates keys and the administrator.
  while (servers.length < (options.processes ?? 1)) await addServer();
  const users = await signEverybodyIn(first, options.adminPassword ?? 'changeme');
  const stop = async (): Promise<void> => {
    await Promise.all([...servers.map((server) => server.kill9()), providers.stop()]);
  };
  return { providers, servers, dataPath, settings, ...users, addServer, stop };
}

async function signEverybodyIn(server: ServerProcess, adminPassword: string) {
  const admin = new TestUser({ username: 'elastic', password: adminPassword });
  const ana = new TestUser({ username: 'ana', password: 'ana-password-7c41', account: 'ana' });
  const ben = new TestUser({ username: 'ben', password: 'ben-password-93fe', account: 'ben' });
  await admin.logIn(server);
  await admin.json(server, {
    method: 'PUT',
    path: `/api/security/role/${ROLE}`,
    body: { kibana: [{ feature: { actions: ['read'], api_keys: ['all'] }, spaces: ['*'] }] },
  });
  for (const testUser of [ana, ben]) {
    await createUser(admin, server, testUser);
    await testUser.logIn(server);
  }
  return { admin, ana, ben };
}

/** Gives a person an account on the server, with the right to use connectors. */
export async function createUser(
  admin: TestUser,
  server: ServerProcess,
  testUser: TestUser,
  roles: readonly string[] = [ROLE],
): Promise<void> {
  await admin.json(server, {
    method: 'POST',
    path: `/internal/security/users/${testUser.username}`,
    body: { password: testUser.password, roles },
  });
}
