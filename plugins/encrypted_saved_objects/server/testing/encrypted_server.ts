import {
  type Clock,
  type CoreSetup,
  type CoreStart,
  type ServiceStatus,
  systemClock,
  systemRandomness,
} from '@latchkey/core/server';
import {
  createRouterHarness,
  type RouterHarness,
  serveWebApp,
} from '@latchkey/core/server/harness';
import { createLoggerMock, type LoggerMock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { z } from 'zod';
import { config } from '../config.ts';
import { KEYRING_TYPE } from '../keys/index.ts';
import { EncryptedSavedObjectsPlugin } from '../plugin.ts';
import type { EncryptedSavedObjectsStart, KeyAdministrationEvent } from '../types.ts';

/** Fixed key for tests; not secret. */
export const KEY_A = 'development-only-key-a-0123456789abcdef';
/** Another fixed key for tests; not secret. */
export const KEY_B = 'development-only-key-b-0123456789abcdef';

/** A token of one user with the same attributes as in the actions plugin. */
export interface TestToken {
  readonly profileUid: string;
  readonly connectorId: string;
  readonly credentials: { readonly accessToken: string };
}

const token = {
  profileUid: z.string(),
  connectorId: z.string(),
};
const connector = { name: z.string(), config: z.record(z.string(), z.unknown()) };

const TYPES: readonly SavedObjectsType[] = [
  aType('user_connector_token', 'agnostic', token, {
    credentials: z.object({ accessToken: z.string() }),
  }),
  aType('action', 'multiple-isolated', connector, { secrets: z.record(z.string(), z.string()) }),
  aType('signing_key', 'single', connector, { secrets: z.record(z.string(), z.string()) }),
];

function aType(
  name: string,
  namespaceType: SavedObjectsType['namespaceType'],
  clear: z.ZodRawShape,
  encrypted: z.ZodRawShape,
): SavedObjectsType {
  const strings = Object.fromEntries(Object.keys(encrypted).map((key) => [key, z.string()]));
  const schemas = {
    create: z.strictObject({ ...clear, ...encrypted }),
    forwardCompatibility: z.object({ ...clear, ...strings }),
  };
  return {
    name,
    namespaceType,
    hidden: true,
    mappings: { properties: {} },
    modelVersions: { 1: { changes: [], schemas } },
  };
}

/** Location of a store that several servers share: a database file, or indices of a cluster. */
export type TestStore =
  | string
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

/** Options of one server in a test. */
export interface EncryptedServerOptions {
  readonly path: TestStore;
  /** Settings under `xpack.encryptedSavedObjects`, as in the config file. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mode?: 'development' | 'production';
  /** Clock of the plugin. Default: the system clock. */
  readonly clock?: Clock;
  /** Data folder with the development key. Default: a folder that does not exist. */
  readonly dataPath?: string;
  /** Wraps the real store. */
  readonly wrapStore?: (store: DocumentStore) => DocumentStore;
  /** Privileges that the caller of routes lacks. */
  readonly missingPrivileges?: readonly string[];
}

/** The encryption part of one server process, over a real store. */
export interface EncryptedServer {
  readonly repository: SavedObjectsRepository;
  readonly store: DocumentStore;
  readonly contract: EncryptedSavedObjectsStart;
  readonly logger: LoggerMock;
  /** Events about encryption keys that requests have caused. */
  readonly administration: readonly KeyAdministrationEvent[];
  readonly inject: RouterHarness['inject'];
  status(): ServiceStatus | Promise<ServiceStatus>;
  stop(): Promise<void>;
}

/** Opens the raw store. */
export function openTestStore(path: TestStore): DocumentStore {
  return typeof path === 'string' ? createSqliteStore({ path }) : createElasticsearchStore(path);
}

/**
 * Starts a server with encrypted objects.
 * @throws errors of the plugin's setup or start, after everything that was opened is closed
 */
export async function startEncryptedServer(
  options: EncryptedServerOptions,
): Promise<EncryptedServer> {
  const {
    path,
    settings,
    mode = 'production',
    clock = systemClock,
    dataPath = '/nowhere',
    wrapStore = (store) => store,
  } = options;
  const logger = createLoggerMock();
  const harness = createRouterHarness({ missingPrivileges: options.missingPrivileges ?? [] });
  const savedObjects = createSavedObjectsService({
    store: wrapStore(openTestStore(path)),
    logger,
    now: () => systemClock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  const plugin = new EncryptedSavedObjectsPlugin({
    pluginId: 'encryptedSavedObjects',
    logger,
    config: config.schema.parse(settings),
    env: { mode, dataPath, version: '0.0.0', instanceId: 'test' },
    clock,
    randomness: systemRandomness,
  });
  const stop = async () => {
    await plugin.stop();
    await savedObjects.stop();
    await harness.close();
  };
  try {
    let status: EncryptedServer['status'] = () => ({ level: 'unavailable', summary: 'not set up' });
    const started = Promise.withResolvers<[CoreStart, object, EncryptedSavedObjectsStart]>();
    const core: CoreSetup<object, EncryptedSavedObjectsStart> = {
      http: harness.http,
      savedObjects: savedObjects.setup,
      status: {
        register: (_name, check) => {
          status = check;
        },
      },
      metrics: {
        counter: () => ({ inc: () => undefined }),
        histogram: () => ({ observe: () => undefined }),
        gauge: () => undefined,
      },
      logging: { createDedicatedLogger: () => logger },
      browser: serveWebApp(harness.http),
      getStartServices: () => started.promise,
    };
    const { registerType, onKeyAdministration } = plugin.setup(core);
    const administration: KeyAdministrationEvent[] = [];
    onKeyAdministration((event) => administration.push(event));
    for (const type of TYPES) savedObjects.setup.registerType(type);
    registerType({
      type: 'user_connector_token',
      attributesToEncrypt: ['credentials'],
      attributesToIncludeInAAD: ['profileUid', 'connectorId'],
    });
    for (const type of ['action', 'signing_key']) {
      registerType({
        type,
        attributesToEncrypt: ['secrets'],
        attributesToIncludeInAAD: ['config'],
      });
    }
    const savedObjectsStart = await savedObjects.start();
    const coreStart: CoreStart = {
      savedObjects: savedObjectsStart,
      http: harness.http,
      allPluginsStarted: Promise.resolve(),
    };
    const contract = await plugin.start(coreStart);
    started.resolve([coreStart, {}, contract]);
    return {
      administration,
      repository: savedObjectsStart.createRepository({
        includedHiddenTypes: [...TYPES.map(({ name }) => name), KEYRING_TYPE],
      }),
      store: savedObjectsStart.store,
      contract,
      logger,
      inject: harness.inject,
      status: () => status(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
