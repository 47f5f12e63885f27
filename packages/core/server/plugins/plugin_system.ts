import type { Logger } from '../logging/index.ts';
import type { Clock } from '../time/index.ts';
import type { LoadedPlugin } from './load_plugin.ts';
import { PluginError } from './plugin_error.ts';
import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from './types.ts';

/** Maximum milliseconds of each lifecycle step of a plugin. */
const STEP_TIMEOUT_MS = 30_000;

/** Options of the plugin system. */
export interface PluginSystemOptions {
  /** Sorted: each plugin comes after the plugins that it depends on. */
  readonly plugins: readonly LoadedPlugin[];
  readonly contextFor: (plugin: LoadedPlugin) => PluginInitializerContext;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Core services for the setup of plugins, without those that differ per plugin. */
export type SharedCoreSetup = Omit<CoreSetup, 'getStartServices'>;

/** Core services for the start of plugins, without those that the plugin system adds. */
export type SharedCoreStart = Omit<CoreStart, 'allPluginsStarted'>;

type StartServices = [core: CoreStart, deps: Record<string, unknown>, own: unknown];

interface RunningPlugin {
  readonly plugin: LoadedPlugin;
  readonly instance: Plugin;
  readonly startServices: PromiseWithResolvers<StartServices>;
  setupContract: unknown;
  startContract: unknown;
  isStarted: boolean;
}

/**
 * Runs plugins. First all are set up, then all are started, each after its dependencies. They are
 * stopped in reverse order. If a step fails, the start of the server fails, and the plugins that
 * were already started are stopped.
 */
export class PluginSystem {
  readonly #options: PluginSystemOptions;
  readonly #running: RunningPlugin[] = [];

  constructor(options: PluginSystemOptions) {
    this.#options = options;
  }

  /**
   * Sets up all plugins.
   * @throws PluginError `setup_failed` or `timeout`
   */
  async setup(core: SharedCoreSetup): Promise<void> {
    for (const plugin of this.#options.plugins) {
      await this.#step(plugin.id, 'setup', async () => {
        const instance = plugin.create(this.#options.contextFor(plugin));
        const startServices = Promise.withResolvers<StartServices>();
        const own = { ...core, getStartServices: () => startServices.promise };
        const setupContract = await instance.setup(
          own,
          this.#contractsFor(plugin, 'setupContract'),
        );
        this.#running.push({
          plugin,
          instance,
          startServices,
          setupContract,
          startContract: undefined,
          isStarted: false,
        });
      });
    }
  }

  /**
   * Starts all plugins.
   * @throws PluginError `start_failed` or `timeout`, after the started plugins were stopped
   */
  async start(shared: SharedCoreStart): Promise<void> {
    const allPluginsStarted = Promise.withResolvers<void>();
    const core = { ...shared, allPluginsStarted: allPluginsStarted.promise };
    try {
      for (const running of this.#running) {
        const { plugin, instance } = running;
        await this.#step(plugin.id, 'start', async () => {
          const deps = this.#contractsFor(plugin, 'startContract');
          running.startContract = await instance.start(core, deps);
          running.isStarted = true;
          running.startServices.resolve([core, deps, running.startContract]);
        });
      }
      allPluginsStarted.resolve();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Stops the started plugins, last first. A plugin that fails to stop is logged, and the others
   * are stopped as well. Safe to call twice.
   */
  async stop(): Promise<void> {
    for (const running of this.#running.toReversed()) {
      if (!running.isStarted) continue;
      running.isStarted = false;
      const { id } = running.plugin;
      try {
        await this.#step(id, 'stop', async () => running.instance.stop?.());
      } catch (error) {
        this.#options.logger.error(`Plugin ${id} did not stop cleanly`, { error });
      }
    }
  }

  #contractsFor(
    plugin: LoadedPlugin,
    kind: 'setupContract' | 'startContract',
  ): Record<string, unknown> {
    const wanted = new Set([...plugin.requiredPlugins, ...plugin.optionalPlugins]);
    const there = this.#running.filter((running) => wanted.has(running.plugin.id));
    return Object.fromEntries(there.map((running) => [running.plugin.id, running[kind]]));
  }

  async #step(
    id: string,
    step: 'setup' | 'start' | 'stop',
    work: () => Promise<unknown>,
  ): Promise<void> {
    const timeout = new AbortController();
    const tooLate = this.#options.clock.sleep(STEP_TIMEOUT_MS, timeout.signal).then(() => {
      const message = `Plugin ${id} did not finish ${step} within ${STEP_TIMEOUT_MS / 1000} seconds`;
      throw new PluginError('timeout', id, message);
    });
    tooLate.catch(() => undefined);
    try {
      await Promise.race([work(), tooLate]);
    } catch (error) {
      throw error instanceof PluginError ? error : failed(id, step, error);
    } finally {
      timeout.abort();
    }
  }
}

function failed(id: string, step: 'setup' | 'start' | 'stop', error: unknown): PluginError {
  const reason = Error.isError(error) ? error.message : String(error);
  const code = step === 'setup' ? 'setup_failed' : 'start_failed';
  return new PluginError(code, id, `Plugin ${id} failed in ${step}: ${reason}`, { cause: error });
}
