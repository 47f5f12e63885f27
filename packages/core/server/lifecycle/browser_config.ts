import type { LoadedPlugin } from '../plugins/index.ts';
import type { Configuration } from './load_configuration.ts';

type BrowserConfig = Readonly<Record<string, unknown>>;

/**
 * Settings that each plugin exposes to browsers, by plugin id. Plugins that expose nothing are
 * absent.
 */
export function browserConfigOf({
  plugins,
  parsed,
}: Pick<Configuration, 'plugins' | 'parsed'>): Readonly<Record<string, BrowserConfig>> {
  const shown = plugins.map((plugin) => [plugin.id, visiblePart(plugin, parsed)] as const);
  return Object.fromEntries(shown.filter(([, part]) => Object.keys(part).length > 0));
}

function visiblePart(plugin: LoadedPlugin, parsed: Configuration['parsed']): BrowserConfig {
  if (plugin.config === undefined) return {};
  const settings = parsed.get(plugin.configPath) as BrowserConfig;
  const shown = Object.entries(plugin.config.exposeToBrowser ?? {}).filter(([, show]) => show);
  return Object.fromEntries(shown.map(([key]) => [key, settings[key]]));
}
