import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSavedObjectsService, type DocumentStore } from '@latchkey/saved-objects';
import type { DestinationStream } from 'pino';
import { BrowserService, openBrowserBuild } from '../browser/index.ts';
import { configFilesFor, type Environment } from '../config/index.ts';
import { HttpService, type ResponseObserver } from '../http/index.ts';
import { LoggingService } from '../logging/index.ts';
import { MetricsService } from '../metrics/index.ts';
import { renderNotFoundPage } from '../pages/index.ts';
import { PluginSystem, type ServerEnvironment } from '../plugins/index.ts';
import { OpsMetrics, StatusService } from '../status/index.ts';
import { type Clock, type Randomness, systemClock, systemRandomness } from '../time/index.ts';
import { browserConfigOf } from './browser_config.ts';
import { type Configuration, httpConfigOf, loadConfiguration } from './load_configuration.ts';
import { openStore } from './open_store.ts';
import { createServerOf, type Server } from './server.ts';
import { createStoreStatus } from './store_status.ts';

/** Options of one server. Everything except the mode has a default for production use. */
export interface ServerOptions {
  readonly mode: 'development' | 'production';
  /**
   * Folder that contains `plugins/`, `config/` and `package.json`. Default: the working directory.
   */
  readonly root?: string;
  /**
   * Configuration files to read, in this order, and no others. Default: those of the mode, see
   * `configFilesFor`.
   */
  readonly configFiles?: readonly string[];
  /**
   * Settings, dotted or nested, which configuration files override. For defaults that only a start
   * script knows.
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Settings, dotted or nested, that override configuration files. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /**
   * Folder of each plugin. Those of `plugins.paths` are added. Default: all folders below
   * `plugins/`.
   */
  readonly pluginFolders?: readonly string[];
  /** Absolute path of the builds of the web app. Default: `dist/browser` below `root`. */
  readonly browserBuilds?: string;
  /** Environment variables. Default: those of the process. */
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  /** Replaces standard output for tests. It gets one `write` per line. */
  readonly logDestination?: DestinationStream;
  /**
   * Returns the store that the server uses instead of its own; for benchmarks that count its calls.
   */
  readonly wrapStore?: (store: DocumentStore) => DocumentStore;
}

/**
 * Reads the configuration and builds a server that is not started yet.
 * @throws ConfigError, PluginError
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const root = resolve(options.root ?? process.cwd());
  const { mode } = options;
  const { defaults = {}, overrides = {} } = options;
  const configuration = await loadConfiguration({
    root,
    mode,
    configFiles: options.configFiles ?? configFilesFor({ root, mode, given: [] }),
    pluginFolders: options.pluginFolders,
    defaults: { name: 'defaults of this start', settings: defaults },
    overrides: { name: 'overrides of this start', settings: overrides },
    environment: options.env ?? process.env,
  });
  return assemble(options, root, configuration);
}

async function assemble(
  options: ServerOptions,
  root: string,
  configuration: Configuration,
): Promise<Server> {
  const { mode, clock = systemClock, randomness = systemRandomness } = options;
  const { wrapStore = (store) => store } = options;
  const { core, plugins, version } = configuration;
  const metrics = new MetricsService();
  const opsMetrics = new OpsMetrics(() => clock.now());
  const dropped = metrics.setup.counter(
    'latchkey_log_lines_dropped_total',
    'Log lines dropped because their log could not be written',
    ['appender'],
  );
  const logging = new LoggingService({
    settings: core.logging,
    root,
    now: () => clock.now(),
    onDropped: (appender, lines) => dropped.inc({ appender }, lines),
    mode,
    version,
    node: core.server.name,
    ...(options.logDestination === undefined ? {} : { destination: options.logDestination }),
  });
  const env = prepareEnvironment({ mode, root, configuration, randomness });
  const opened = await openStore({
    elasticsearch: core.elasticsearch,
    root,
    dataPath: env.dataPath,
    logger: logging.get('savedObjects'),
    clock,
  });
  const store = wrapStore(opened);
  const browserConfig = browserConfigOf(configuration);
  const browser = new BrowserService({
    build: openBrowserBuild(options.browserBuilds ?? join(root, 'dist', 'browser')),
    version,
    plugins: browserConfig,
    clock,
    randomness,
    logger: logging.get('browser'),
  });
  return createServerOf({
    configuration,
    browserConfig,
    browser,
    env,
    logger: logging.get('server'),
    logging: logging.setup,
    metrics,
    opsMetrics,
    status: new StatusService(clock),
    storeStatus: createStoreStatus(store, clock),
    savedObjects: createSavedObjectsService({
      store,
      logger: logging.get('savedObjects'),
      now: () => clock.now(),
      uuid: () => randomness.uuid(),
    }),
    http: new HttpService({
      config: httpConfigOf(core.server, { mode, root }),
      logger: logging.get('http'),
      clock,
      randomness,
      observe: observeResponses(metrics, opsMetrics),
      buildId: browser.buildId,
      notFoundPage: renderNotFoundPage,
    }),
    plugins: new PluginSystem({
      plugins,
      logger: logging.get('plugins'),
      clock,
      contextFor: ({ id, config, configPath }) => ({
        pluginId: id,
        logger: logging.get('plugins', id),
        config: config === undefined ? undefined : configuration.parsed.get(configPath),
        env,
        clock,
        randomness,
      }),
    }),
  });
}

/**
 * Creates the environment of plugins. The data folder contains keys and tokens, so a folder that is
 * created here is accessible only to its owner.
 */
function prepareEnvironment(options: {
  readonly mode: ServerOptions['mode'];
  readonly root: string;
  readonly configuration: Configuration;
  readonly randomness: Randomness;
}): ServerEnvironment {
  const { mode, root, configuration, randomness } = options;
  const dataPath = resolve(root, configuration.core.path.data);
  mkdirSync(dataPath, { recursive: true, mode: 0o700 });
  return { mode, dataPath, version: configuration.version, instanceId: randomness.uuid() };
}

function observeResponses(metrics: MetricsService, opsMetrics: OpsMetrics): ResponseObserver {
  const durations = metrics.setup.histogram(
    'latchkey_http_request_duration_seconds',
    'Time from the request line to the end of the response',
    ['method', 'route', 'status'],
  );
  return (method, route, statusCode, seconds) => {
    durations.observe(seconds, { method, route, status: String(statusCode) });
    opsMetrics.observe(statusCode, seconds);
  };
}
