export {
  type DiscoveredPlugin,
  findPluginFolders,
  pluginFolderProblem,
  readManifest,
} from './discover_plugins.ts';
export { type LoadedPlugin, loadPlugin } from './load_plugin.ts';
export { discoverPlugins, orderPlugins } from './order_plugins.ts';
export { PluginSystem } from './plugin_system.ts';
export type {
  CoreSetup,
  CoreStart,
  Plugin,
  PluginConfigDescriptor,
  PluginFactory,
  PluginInitializerContext,
  ServerEnvironment,
} from './types.ts';
