import type { SavedObjectsService } from '@latchkey/saved-objects';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { BrowserService } from '../browser/index.ts';
import type { CoreConfig } from '../config/index.ts';
import { type HttpService, registerFaviconRoute } from '../http/index.ts';
import type { Logger, LoggingSetup } from '../logging/index.ts';
import { type MetricsService, registerMetricsRoute } from '../metrics/index.ts';
import { registerOpenApiRoute } from '../openapi/index.ts';
import type { PluginSystem, ServerEnvironment } from '../plugins/index.ts';
import {
  CONTRACT_VERSION,
  type OpsMetrics,
  registerStatusRoute,
  type ServiceStatus,
  type StatusService,
} from '../status/index.ts';
import type { Configuration } from './load_configuration.ts';

/** One server. States: created → set up → started → stopped. */
export interface Server {
  /** Settings of core after defaults, files and overrides. Frozen. */
  readonly config: CoreConfig;
  /** Settings that each plugin exposes to browsers, by plugin id. */
  readonly browserConfig: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly env: ServerEnvironment;
  readonly logger: Logger;
  /** Address on which the server listens, base path included. `undefined` until it listens. */
  readonly url: string | undefined;
  /**
   * The address that browsers use: `server.publicBaseUrl` or its development default. `undefined`
   * when neither is known.
   */
  readonly publicBaseUrl: string | undefined;
  /**
   * Sets up all plugins. `start` does this too if it was not called before.
   * @throws PluginError
   */
  setup(): Promise<void>;
  /**
   * Opens the store, starts the plugins, then accepts requests. After a failure, the steps that
   * were already done are undone.
   * @throws PluginError, StoreError, or Error when the port is taken
   */
  start(): Promise<void>;
  /**
   * Lets running requests finish, stops plugins in reverse order, and closes the store. Never
   * throws. May be called at any time and more than once.
   */
  stop(): Promise<void>;
  /** Sends a request through the whole server except the socket. Call it after `start`. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
}

/** Services that a server consists of. */
export interface ServerParts {
  readonly configuration: Configuration;
  readonly env: ServerEnvironment;
  readonly logger: Logger;
  readonly logging: LoggingSetup;
  readonly metrics: MetricsService;
  readonly opsMetrics: OpsMetrics;
  readonly status: StatusService;
  readonly storeStatus: () => Promise<ServiceStatus>;
  readonly savedObjects: SavedObjectsService;
  readonly http: HttpService;
  readonly browser: BrowserService;
  readonly browserConfig: Server['browserConfig'];
  readonly plugins: PluginSystem;
}

/** Creates a server that starts and stops its parts in order. */
export function createServerOf(parts: ServerParts): Server {
  const { configuration, env, logger, http } = parts;
  let setUp: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  let url: string | undefined;
  const server: Server = {
    config: configuration.core,
    browserConfig: parts.browserConfig,
    publicBaseUrl: http.urls.publicBaseUrl,
    env,
    logger,
    get url() {
      return url;
    },
    setup: () => {
      setUp ??= setUpParts(parts);
      return setUp;
    },
    start: async () => {
      try {
        await server.setup();
        const savedObjects = await parts.savedObjects.start();
        await parts.plugins.start({ savedObjects, http: { urls: http.urls } });
        url = `${await listen(parts)}${http.urls.basePath}`;
        logger.info(`Ready at ${http.urls.publicBaseUrl ?? url}`);
      } catch (error) {
        await server.stop();
        throw error;
      }
    },
    stop: () => {
      stopped ??= stopParts(parts);
      return stopped;
    },
    inject: (request) => http.inject(request),
  };
  return server;
}

async function setUpParts(parts: ServerParts): Promise<void> {
  const { configuration, env, http, logger, metrics, savedObjects, status } = parts;
  const { server } = configuration.core;
  for (const warning of configuration.parsed.warnings) logger.warn(warning);
  status.registerCore('savedObjects', parts.storeStatus);
  const identity = { name: server.name, uuid: env.instanceId, version: env.version };
  registerStatusRoute(http.setup, {
    status,
    identity,
    metrics: parts.opsMetrics,
    connections: () => http.connections(),
  });
  registerMetricsRoute(http.setup, metrics, { isPublic: server.metrics.public });
  registerFaviconRoute(http.setup.createRouter());
  parts.browser.registerRoutes(http.setup);
  registerOpenApiRoute(http.setup, { routes: () => http.routes, version: CONTRACT_VERSION });
  await parts.plugins.setup({
    http: http.setup,
    savedObjects: savedObjects.setup,
    status: status.setup,
    metrics: metrics.setup,
    logging: parts.logging,
    browser: parts.browser.setup,
  });
}

async function listen({ http, configuration }: ServerParts): Promise<string> {
  try {
    return await http.listen();
  } catch (error) {
    if (!Error.isError(error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    const { port } = configuration.core.server;
    throw new Error(`Port ${port} is in use; stop the other process or set [server.port].`, {
      cause: error,
    });
  }
}

async function stopParts({ http, plugins, savedObjects, logger }: ServerParts): Promise<void> {
  const steps = [
    ['http', () => http.stop()],
    ['plugins', () => plugins.stop()],
    ['saved objects', () => savedObjects.stop()],
  ] as const;
  for (const [name, stop] of steps) {
    try {
      await stop();
    } catch (error) {
      logger.error(`The ${name} did not stop cleanly`, { error });
    }
  }
  logger.info('Stopped');
}
