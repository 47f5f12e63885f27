import type { SavedObjectsSetup, SavedObjectsStart } from '@latchkey/saved-objects';
import type { ZodType } from 'zod';
import type { ConfigDeprecation } from '../config/index.ts';
import type { HttpSetup } from '../http/index.ts';
import type { Logger, LoggingSetup } from '../logging/index.ts';
import type { MetricsSetup } from '../metrics/index.ts';
import type { StatusSetup } from '../status/index.ts';
import type { Clock, Randomness } from '../time/index.ts';

/** What a plugin's `config` export declares. The path is `configPath` of its `kibana.jsonc`. */
export interface PluginConfigDescriptor<T = unknown> {
  /** Strict objects with defaults: an empty config must parse. Unknown keys are refused with their full path. */
  readonly schema: ZodType<T>;
  /** Top-level keys the browser may see. */
  readonly exposeToBrowser?: Readonly<Record<string, boolean>>;
  readonly deprecations?: readonly ConfigDeprecation[];
}

/** The process a plugin runs in. */
export interface ServerEnvironment {
  readonly mode: 'development' | 'production';
  /** Absolute folder for the store, generated keys and caches; exists. */
  readonly dataPath: string;
  /** Version of this server, as in `package.json`. */
  readonly version: string;
  /** Random per process; names the owner of leases and claims. */
  readonly instanceId: string;
}

/** Handed to a plugin's factory before anything runs. */
export interface PluginInitializerContext<T = unknown> {
  readonly pluginId: string;
  /** Named `plugins.{pluginId}`. */
  readonly logger: Logger;
  /** Parsed and deeply frozen. */
  readonly config: T;
  readonly env: ServerEnvironment;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** What core offers while plugins set up. */
export interface CoreSetup<StartDeps = Record<string, unknown>, OwnStart = unknown> {
  readonly http: HttpSetup;
  readonly savedObjects: SavedObjectsSetup;
  readonly status: StatusSetup;
  readonly metrics: MetricsSetup;
  readonly logging: LoggingSetup;
  /** Resolves when this plugin has started; for handlers registered during set-up. Never await it inside `setup`. */
  getStartServices(): Promise<[core: CoreStart, deps: StartDeps, own: OwnStart]>;
}

/** What core offers once every plugin is set up. */
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

/** A server plugin. `setup` registers, `start` begins work, `stop` releases what `start` took and is safe to call twice. */
export interface Plugin<Setup = unknown, Start = unknown, SetupDeps = object, StartDeps = object> {
  setup(core: CoreSetup<StartDeps, Start>, deps: SetupDeps): Setup | Promise<Setup>;
  start(core: CoreStart, deps: StartDeps): Start | Promise<Start>;
  stop?(): void | Promise<void>;
}

/** The `plugin` export of a plugin's `server/index.ts`. */
export type PluginFactory<P extends Plugin = Plugin, C = unknown> = (
  context: PluginInitializerContext<C>,
) => P;
