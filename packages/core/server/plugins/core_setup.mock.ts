import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsStart,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { serveWebApp } from '../browser/browser_build.mock.ts';
import {
  createRouterHarness,
  type RouterHarness,
  type RouterHarnessOptions,
} from '../http/router_harness.mock.ts';
import { createLoggerMock, type LoggerMock } from '../logging/logger.mock.ts';
import { MetricsService } from '../metrics/index.ts';
import { type StatusReport, StatusService } from '../status/index.ts';
import { type Clock, type Randomness, systemClock } from '../time/index.ts';
import { seededRandomness } from '../time/manual_time.mock.ts';
import type { CoreSetup, CoreStart } from './types.ts';

/** Options of the mock. Each has a default. */
export interface CoreSetupMockOptions extends RouterHarnessOptions {
  /** Store of the saved objects. Default: SQLite in memory. */
  readonly store?: DocumentStore;
  /** Clock of core. Default: the clock of the machine. */
  readonly clock?: Clock;
  readonly randomness?: Randomness;
}

/**
 * The core services of a plugin for tests, made of real parts: the routes of the plugin run behind
 * the real request guard, and its saved objects are in a real store. Call in this order: the
 * plugin's `setup(mock.core, …)`, `mock.start()`, the plugin's `start(…)`,
 * `mock.provideStartServices(…)`, then `mock.inject(…)`.
 */
export interface CoreSetupMock<StartDeps, OwnStart> {
  readonly core: CoreSetup<StartDeps, OwnStart>;
  readonly harness: RouterHarness;
  readonly inject: RouterHarness['inject'];
  readonly logger: LoggerMock;
  readonly store: DocumentStore;
  /** Ends the registration of types and opens the store. */
  start(): Promise<CoreStart & { readonly savedObjects: SavedObjectsStart }>;
  /** Sets the result of `core.getStartServices()`. Call it after {@link start}. */
  provideStartServices(deps: StartDeps, own: OwnStart): void;
  /** Runs the registered status checks. */
  statusReport(): Promise<StatusReport>;
  /** Registered metrics in Prometheus' text format. */
  metricsText(): Promise<string>;
  close(): Promise<void>;
}

/** @see CoreSetupMock */
export function createCoreSetupMock<StartDeps = Record<string, unknown>, OwnStart = unknown>(
  options: CoreSetupMockOptions = {},
): CoreSetupMock<StartDeps, OwnStart> {
  const clock = options.clock ?? systemClock;
  const randomness = options.randomness ?? seededRandomness('core');
  const harness = createRouterHarness(options);
  const logger = createLoggerMock('core');
  const store = options.store ?? createSqliteStore({ path: ':memory:' });
  const savedObjects = createSavedObjectsService({
    store,
    logger,
    now: () => clock.now(),
    uuid: () => randomness.uuid(),
  });
  const metrics = new MetricsService({ processMetrics: false });
  const status = new StatusService(clock);
  const browser = serveWebApp(harness.http);
  const services = Promise.withResolvers<[CoreStart, StartDeps, OwnStart]>();
  let coreStart: CoreStart | undefined;
  return {
    core: {
      http: harness.http,
      savedObjects: savedObjects.setup,
      metrics: metrics.setup,
      status: status.setup,
      logging: {
        createDedicatedLogger: ({ name }) => createLoggerMock(name, logger.lines),
      },
      browser,
      getStartServices: () => services.promise,
    },
    harness,
    inject: harness.inject,
    logger,
    store,
    start: async () => {
      coreStart = {
        savedObjects: await savedObjects.start(),
        http: { urls: harness.http.urls },
        allPluginsStarted: Promise.resolve(),
      };
      return coreStart;
    },
    provideStartServices: (deps, own) => {
      if (coreStart === undefined) throw new Error('Call start() first');
      services.resolve([coreStart, deps, own]);
    },
    statusReport: () => status.report(),
    metricsText: async () => (await metrics.expose()).text,
    close: async () => {
      await harness.close();
      await savedObjects.stop();
    },
  };
}
