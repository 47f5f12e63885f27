import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoreSetup, CoreStart } from '@latchkey/core/server';
import { systemRandomness } from '@latchkey/core/server';
import {
  createRouterHarness,
  type HarnessRequest,
  type HarnessResponse,
  serveWebApp,
} from '@latchkey/core/server/harness';
import { createLoggerMock, type LoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { config } from './config.ts';
import { SecurityPlugin } from './plugin.ts';
import type { SecuritySetup, SecurityStart } from './types.ts';

/** Options of one server in a test. */
export interface SecurityServerOptions {
  /** Settings under `xpack.security`, as in the config file. */
  readonly settings?: unknown;
  readonly mode?: 'development' | 'production';
  readonly basePath?: string;
  readonly publicBaseUrl?: string;
  /** Spaces that exist in addition to `default`. */
  readonly spaces?: readonly string[];
  /**
   * For integration tests: folder with the file of the store. Several servers can share a folder;
   * the test removes it. Default: a store in memory.
   */
  readonly folder?: string;
  readonly beforeStart?: (setup: SecuritySetup) => void;
}

/** A client that stores cookies, like a browser. */
export interface TestClient {
  send<B = unknown>(request: HarnessRequest): Promise<HarnessResponse<B>>;
  /** Current value of the session cookie. */
  readonly sessionId: string | undefined;
  /** Current value of a cookie. */
  cookie(name: string): string | undefined;
}

/**
 * The real plugin behind the real router, on SQLite, with password hashes that take little time.
 */
export interface SecurityServer {
  readonly clock: ManualClock;
  readonly logger: LoggerMock;
  readonly printed: readonly string[];
  readonly setup: SecuritySetup;
  readonly start: SecurityStart;
  readonly repository: SavedObjectsRepository;
  /** Store of the server. Tests write documents of older builds into it. */
  readonly store: DocumentStore;
  readonly http: CoreSetup['http'];
  /** Creates a client without a session. */
  client(): TestClient;
  /** Creates a client and signs in with the login form. */
  signIn(username?: string, password?: string): Promise<TestClient>;
  /** Headers with HTTP Basic authorization. */
  basic(username: string, password: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Creates a temporary folder. Remove it with {@link removeFolder}. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'latchkey-security-'));
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });

/** Starts one server. */
export async function startSecurityServer(
  options: SecurityServerOptions = {},
): Promise<SecurityServer> {
  const { folder } = options;
  const clock = new ManualClock();
  const logger = createLoggerMock('plugins.security');
  const printed: string[] = [];
  const harness = createRouterHarness({
    ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    ...(options.publicBaseUrl === undefined ? {} : { publicBaseUrl: options.publicBaseUrl }),
    ...(options.spaces === undefined ? {} : { spaces: options.spaces }),
  });
  const savedObjects = createSavedObjectsService({
    store: createSqliteStore({
      path: folder === undefined ? ':memory:' : join(folder, 'store.db'),
    }),
    logger,
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  const plugin = new SecurityPlugin(
    {
      pluginId: 'security',
      logger,
      config: config.schema.parse(options.settings ?? {}),
      env: {
        mode: options.mode ?? 'development',
        dataPath: folder ?? '/nowhere',
        version: '0.0.0',
        instanceId: 'test',
      },
      clock,
      randomness: systemRandomness,
    },
    {
      scryptCost: { logN: 4, blockSize: 8, parallelization: 1 },
      print: (line) => printed.push(line),
    },
  );
  const setup = plugin.setup({
    http: harness.http,
    browser: serveWebApp(harness.http),
    savedObjects: savedObjects.setup,
    logging: { createDedicatedLogger: ({ name }) => createLoggerMock(name, logger.lines) },
  } satisfies Partial<CoreSetup> as unknown as CoreSetup<object, SecurityStart>);
  options.beforeStart?.(setup);
  const started = await savedObjects.start();
  const core: CoreStart = {
    savedObjects: started,
    http: { urls: harness.http.urls },
    allPluginsStarted: Promise.resolve(),
  };
  const start = await plugin.start(core);
  const client = () => createClient((request) => harness.inject(request));
  return {
    clock,
    logger,
    printed,
    setup,
    start,
    http: harness.http,
    store: started.store,
    repository: started.createRepository({
      includedHiddenTypes: ['user', 'user_profile', 'role', 'session', 'api_key'],
    }),
    client,
    signIn: async (username = 'elastic', password = 'changeme') => {
      const signedIn = client();
      const response = await signedIn.send(loginRequest(username, password));
      if (response.status !== 200) throw new Error(`login failed with status ${response.status}`);
      return signedIn;
    },
    basic: (username, password) => ({
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    }),
    stop: async () => {
      await plugin.stop();
      await harness.close();
      await savedObjects.stop();
    },
  };
}

/** Creates the request that the login form sends. */
export const loginRequest = (
  username: string,
  password: string,
  currentURL = 'http://localhost:5601/login',
): HarnessRequest => ({
  method: 'POST',
  url: '/internal/security/login',
  body: {
    providerType: 'basic',
    providerName: 'basic',
    currentURL,
    params: { username, password },
  },
});

function createClient(inject: <B>(request: HarnessRequest) => Promise<HarnessResponse<B>>) {
  const cookies = new Map<string, string>();
  const client: TestClient = {
    get sessionId() {
      return cookies.get('sid');
    },
    cookie: (name) => cookies.get(name),
    send: async <B>(request: HarnessRequest) => {
      const sent = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...(sent === '' ? {} : { cookie: sent }), ...request.headers };
      const response = await inject<B>({ ...request, headers });
      for (const { name, value } of response.cookies) {
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
  return client;
}
