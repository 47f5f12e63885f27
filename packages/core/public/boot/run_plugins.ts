import type { BrowserPlugin, CoreSetup, CoreStart } from '../types.ts';

/** A plugin of the build. */
export interface BrowserPluginEntry {
  readonly id: string;
  /** Ids of plugins whose contracts this plugin gets. These plugins are earlier in the list. */
  readonly dependencies: readonly string[];
  readonly create: () => BrowserPlugin<unknown, unknown, never, never>;
}

/** A plugin that does not run. */
export interface PluginFailure {
  readonly id: string;
  readonly error: unknown;
}

interface SetUpPlugin {
  readonly entry: BrowserPluginEntry;
  readonly plugin: BrowserPlugin<unknown, unknown, never, never>;
}

/**
 * Sets up and starts the plugins of the web app in the order of the list. A plugin that fails and
 * the plugins that depend on it do not run; all others do.
 */
export class PluginRunner {
  readonly #entries: readonly BrowserPluginEntry[];
  #setUp: readonly SetUpPlugin[] = [];
  readonly #failures: PluginFailure[] = [];

  constructor(entries: readonly BrowserPluginEntry[]) {
    this.#entries = entries;
  }

  /** Plugins that have failed so far. */
  get failures(): readonly PluginFailure[] {
    return this.#failures;
  }

  /**
   * Sets all plugins up.
   * @param coreFor services of the plugin with the id
   */
  setup(coreFor: (id: string) => CoreSetup): void {
    const contracts = new Map<string, unknown>();
    const setUp: SetUpPlugin[] = [];
    for (const entry of this.#entries) {
      this.#attempt(entry, contracts, (deps) => {
        const plugin = entry.create();
        const contract = plugin.setup(coreFor(entry.id), deps);
        setUp.push({ entry, plugin });
        return contract;
      });
    }
    this.#setUp = setUp;
  }

  /** Starts all plugins that were set up. */
  start(core: CoreStart): void {
    const contracts = new Map<string, unknown>();
    for (const { entry, plugin } of this.#setUp) {
      this.#attempt(entry, contracts, (deps) => plugin.start(core, deps));
    }
  }

  #attempt(
    { id, dependencies }: BrowserPluginEntry,
    contracts: Map<string, unknown>,
    step: (deps: never) => unknown,
  ): void {
    try {
      const missing = dependencies.find((dependency) => !contracts.has(dependency));
      if (missing !== undefined) throw new Error(`It needs plugin [${missing}], which failed`);
      const deps = Object.fromEntries(dependencies.map((name) => [name, contracts.get(name)]));
      contracts.set(id, step(deps as never));
    } catch (error) {
      this.#failures.push({ id, error });
    }
  }
}
