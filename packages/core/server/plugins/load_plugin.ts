import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DiscoveredPlugin } from './discover_plugins.ts';
import { PluginError } from './plugin_error.ts';
import type { PluginConfigDescriptor, PluginFactory } from './types.ts';

/** A plugin whose code is loaded but not started. */
export interface LoadedPlugin extends DiscoveredPlugin {
  readonly create: PluginFactory;
  /** Description of the settings. `undefined`: the plugin has no settings. */
  readonly config: PluginConfigDescriptor | undefined;
}

/**
 * Loads the server entry of a plugin.
 * @throws PluginError `load_failed` naming the plugin and the problem of its server entry
 */
export async function loadPlugin(plugin: DiscoveredPlugin): Promise<LoadedPlugin> {
  const entry = join(plugin.folder, 'server', 'index.ts');
  const exported = await importEntry(plugin.id, entry);
  const { plugin: create, config } = exported;
  if (typeof create !== 'function') {
    throw new PluginError(
      'load_failed',
      plugin.id,
      `Plugin ${plugin.id}: ${entry} does not export a function "plugin"`,
    );
  }
  if (config !== undefined && !isDescriptor(config)) {
    throw new PluginError(
      'load_failed',
      plugin.id,
      `Plugin ${plugin.id}: the export "config" of ${entry} has no zod schema`,
    );
  }
  return { ...plugin, create: create as PluginFactory, config };
}

async function importEntry(id: string, entry: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(entry).href)) as Record<string, unknown>;
  } catch (error) {
    const reason = Error.isError(error) ? error.message : String(error);
    throw new PluginError('load_failed', id, `Plugin ${id} cannot be loaded: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Returns `true` if an export is a config descriptor. It checks the methods of the schema and not
 * its class, because a plugin may use another copy of zod.
 */
function isDescriptor(config: unknown): config is PluginConfigDescriptor {
  if (typeof config !== 'object' || config === null || !('schema' in config)) return false;
  const { schema } = config;
  return typeof schema === 'object' && schema !== null && '_zod' in schema && 'safeParse' in schema;
}
