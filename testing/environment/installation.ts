import { type DevProviders, devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import { aDataPath, type ServerProcess, startServer, stopAtTheEnd } from './server_process.ts';
import { type Reachable, TestUser } from './test_user.ts';

/**
 * An installation with an administrator, two users who may use connectors, and the providers at
 * which they have accounts.
 */
export interface Installation {
  readonly providers: DevProviders;
  readonly strict: DevProviders['strict'];
  readonly google: DevProviders['google'];
  /** Server processes in the order of their start. The URL of the first is the public one. */
  readonly servers: readonly [ServerProcess, ...ServerProcess[]];
  readonly first: ServerProcess;
  /** The second process. When the installation has only one process, the same as `first`. */
  readonly second: ServerProcess;
  readonly dataPath: string;
  /** Settings of every process, except its port and data folder. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly admin: TestUser;
  readonly ana: TestUser;
  readonly ben: TestUser;
  /**
   * Starts another process on the same store.
   * @param settings settings that override those of the other processes
   * @param build build of the process; default: the product
   */
  addServer(settings?: Readonly<Record<string, unknown>>, build?: URL): Promise<ServerProcess>;
  /**
   * Stops the installation before the end of the test file. Without this call, `stopEverything`
   * stops it.
   */
  stop(): Promise<void>;
}

/** Options of {@link twoUsers}. */
export interface InstallationOptions {
  /** Store of the servers. Default: a SQLite file. */
  readonly store?: { newSettings(): Readonly<Record<string, unknown>> };
  readonly processes?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Returns the settings with which servers reach the providers. Default: those of the test
   * providers.
   */
  readonly providerSettings?: (
    providers: DevProviders,
  ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Build of the processes that are started at first; default: the product. */
  readonly build?: URL | undefined;
  /** Password of the administrator. Default: the one that every development server has. */
  readonly adminPassword?: string;
}

/** Role whose users may use and authorize connectors and create API keys, and nothing else. */
const ROLE = 'connector_user';

/**
 * Starts the installation that most tests use: real processes on one store; all users are signed
 * in, and none has authorized a connector.
 */
export async function twoUsers(options: InstallationOptions = {}): Promise<Installation> {
  const anyPort = { port: 0 };
  const providers = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
  stopAtTheEnd(() => providers.stop());
  const dataPath = aDataPath();
  const settings = {
    ...options.store?.newSettings(),
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
  // The processes start one by one, because the first one creates keys and the administrator.
  while (servers.length < (options.processes ?? 1)) await addServer();
  const users = await signInAllUsers(first, options.adminPassword ?? 'changeme');
  const stop = async (): Promise<void> => {
    await Promise.all([...servers.map((server) => server.kill9()), providers.stop()]);
  };
  const [, second = first] = servers;
  const { strict, google } = providers;
  return {
    providers,
    strict,
    google,
    servers,
    first,
    second,
    dataPath,
    settings,
    ...users,
    addServer,
    stop,
  };
}

async function signInAllUsers(server: ServerProcess, adminPassword: string) {
  const admin = new TestUser({ username: 'elastic', password: adminPassword });
  const ana = new TestUser({ username: 'ana', password: 'ana-password-7c41', account: 'ana' });
  const ben = new TestUser({ username: 'ben', password: 'ben-password-93fe', account: 'ben' });
  await admin.logIn(server);
  await admin.json(server, `PUT /api/security/role/${ROLE}`, {
    kibana: [{ feature: { actions: ['read'], api_keys: ['all'] }, spaces: ['*'] }],
  });
  for (const testUser of [ana, ben]) {
    await createUser(admin, server, testUser);
    await testUser.logIn(server);
  }
  return { admin, ana, ben };
}

/** Creates a user account on the server. The default role may use connectors. */
export async function createUser(
  admin: TestUser,
  server: Reachable,
  testUser: TestUser,
  roles: readonly string[] = [ROLE],
): Promise<void> {
  const { username, password } = testUser;
  await admin.json(server, `POST /internal/security/users/${username}`, { password, roles });
}
