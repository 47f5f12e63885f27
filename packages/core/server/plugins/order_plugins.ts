import { type DiscoveredPlugin, findPluginFolders, readManifest } from './discover_plugins.ts';
import { PluginError } from './plugin_error.ts';

/**
 * Finds the plugins in the folders directly below `parent`, each after its dependencies.
 * @throws PluginError
 */
export const discoverPlugins = (parent: string): DiscoveredPlugin[] =>
  orderPlugins(findPluginFolders(parent).map(readManifest));

/**
 * Sorts plugins so that each comes after its dependencies. Otherwise the order in which they were
 * found is kept. Optional dependencies that do not exist are left out.
 * @throws PluginError `duplicate_plugin`, `missing_dependency`, `dependency_cycle`
 */
export function orderPlugins(plugins: readonly DiscoveredPlugin[]): DiscoveredPlugin[] {
  const byId = indexById(plugins);
  const ordered: DiscoveredPlugin[] = [];
  const done = new Set<string>();
  const visit = (plugin: DiscoveredPlugin, trail: readonly string[]): void => {
    if (done.has(plugin.id)) return;
    const cycleStart = trail.indexOf(plugin.id);
    if (cycleStart >= 0) {
      const cycle = [...trail.slice(cycleStart), plugin.id].join(' -> ');
      throw new PluginError(
        'dependency_cycle',
        plugin.id,
        `Plugins depend on each other in a cycle: ${cycle}`,
      );
    }
    for (const dependency of dependenciesOf(plugin, byId)) visit(dependency, [...trail, plugin.id]);
    done.add(plugin.id);
    ordered.push(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return ordered;
}

function indexById(plugins: readonly DiscoveredPlugin[]): ReadonlyMap<string, DiscoveredPlugin> {
  const byId = new Map<string, DiscoveredPlugin>();
  for (const plugin of plugins) {
    const other = byId.get(plugin.id);
    if (other !== undefined) {
      const places = `${other.folder} and ${plugin.folder}`;
      throw new PluginError(
        'duplicate_plugin',
        plugin.id,
        `Plugin ${plugin.id} exists twice: ${places}`,
      );
    }
    byId.set(plugin.id, plugin);
  }
  return byId;
}

function dependenciesOf(
  plugin: DiscoveredPlugin,
  byId: ReadonlyMap<string, DiscoveredPlugin>,
): DiscoveredPlugin[] {
  const required = plugin.requiredPlugins.map((id) => {
    const dependency = byId.get(id);
    if (dependency !== undefined) return dependency;
    throw new PluginError(
      'missing_dependency',
      plugin.id,
      `Plugin ${plugin.id} requires plugin ${id}, which does not exist`,
    );
  });
  const optional = plugin.optionalPlugins.map((id) => byId.get(id));
  return [...required, ...optional.filter((found) => found !== undefined)];
}
