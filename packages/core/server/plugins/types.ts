import type { SavedObjectsSetup, SavedObjectsStart } from '@latchkey/saved-objects';
import type { ZodType } from 'zod';
import type { BrowserSetup } from '../browser/index.ts';
import type { ConfigDeprecation } from '../config/index.ts';
import type { HttpSetup } from '../http/index.ts';
import type { Logger, LoggingSetup } from '../logging/index.ts';
import type { MetricsSetup } from '../metrics/index.ts';
import type { StatusSetup } from '../status/index.ts';
import type { Clock, Randomness } from '../time/index.ts';

/** A value that browsers may see. */
type ExposedValue = boolean | number | string;

/**
 * Computes a value for browsers from the settings of a plugin. `undefined`: the value is left out.
 */
// The type is that of a method, so that descriptors of all plugins fit into one list.
type ExposedValueOf<T> = { compute(settings: T): ExposedValue | undefined }['compute'];

/**
 * The `config` export of a plugin. `configPath` in its `kibana.jsonc` is the path of these
 * settings.
 */
export interface PluginConfigDescriptor<T = unknown> {
  /**
   * Schema of the settings: strict objects with defaults, so that an empty config can be parsed.
   * Unknown keys are refused with their complete path.
   */
  readonly schema: ZodType<T>;
  /**
   * Values that every signed-in browser receives in the boot data, by name. `true`: the top-level
   * setting of that name. A function computes a value, for example whether a nested setting is set.
   * Only booleans, numbers and short texts are accepted: objects could contain secrets unnoticed.
   */
  readonly exposeToBrowser?: Readonly<Record<string, boolean | ExposedValueOf<T>>>;
  readonly deprecations?: readonly ConfigDeprecation[];
}

/** The process in which a plugin runs. */
export interface ServerEnvironment {
  readonly mode: 'development' | 'production';
  /** Absolute path of the existing folder for the store, generated keys and caches. */
  readonly dataPath: string;
  /** Version of this server, as in `package.json`. */
  readonly version: string;
  /** Random id of this process. It names the owner of leases and claims. */
  readonly instanceId: string;
}

/** Passed to a plugin's factory before any plugin is set up. */
export interface PluginInitializerContext<T = unknown> {
  readonly pluginId: string;
  /** Logger with the name `plugins.{pluginId}`. */
  readonly logger: Logger;
  /** Settings of the plugin, parsed and deeply frozen. */
  readonly config: T;
  readonly env: ServerEnvironment;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** Core services for the setup of plugins. */
export interface CoreSetup<StartDeps = Record<string, unknown>, OwnStart = unknown> {
  readonly http: HttpSetup;
  readonly savedObjects: SavedObjectsSetup;
  readonly status: StatusSetup;
  readonly metrics: MetricsSetup;
  readonly logging: LoggingSetup;
  /** Functions that contribute to the web app: its boot data and its first page. */
  readonly browser: BrowserSetup;
  /**
   * Resolves when this plugin has started. For handlers registered during setup. Never await it
   * inside `setup`.
   */
  getStartServices(): Promise<[core: CoreStart, deps: StartDeps, own: OwnStart]>;
}

/** Core services available once every plugin is set up. */
export interface CoreStart {
  readonly savedObjects: SavedObjectsStart;
  readonly http: Pick<HttpSetup, 'urls'>;
  /**
   * Resolves when every plugin has started. For work that may call into plugins that start later.
   * Never rejects; it stays pending when the start of the server fails. Never await it inside
   * `start`.
   */
  readonly allPluginsStarted: Promise<void>;
}

/**
 * A server plugin. `setup` registers, `start` begins work, `stop` releases the resources that
 * `start` took and is safe to call twice.
 */
export interface Plugin<Setup = unknown, Start = unknown, SetupDeps = object, StartDeps = object> {
  setup(core: CoreSetup<StartDeps, Start>, deps: SetupDeps): Setup | Promise<Setup>;
  start(core: CoreStart, deps: StartDeps): Start | Promise<Start>;
  stop?(): void | Promise<void>;
}

/** The `plugin` export of a plugin's `server/index.ts`. */
export type PluginFactory<P extends Plugin = Plugin, C = unknown> = (
  context: PluginInitializerContext<C>,
) => P;
