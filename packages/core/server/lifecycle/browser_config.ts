import type { LoadedPlugin } from '../plugins/index.ts';
import type { Configuration } from './load_configuration.ts';

type BrowserConfig = Readonly<Record<string, boolean | number | string>>;

/** Maximum characters of an exposed text. A longer text is probably a key or a certificate. */
const MAX_TEXT_LENGTH = 200;

/**
 * Returns the settings that each plugin exposes to browsers, by plugin id. A plugin that exposes no
 * setting is absent.
 * @throws TypeError for a value that is not a boolean, number or short text
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
  const settings = parsed.get(plugin.configPath) as Readonly<Record<string, unknown>>;
  const entries = Object.entries(plugin.config.exposeToBrowser ?? {}).flatMap(([name, show]) => {
    const value = typeof show === 'function' ? show(settings) : show ? settings[name] : undefined;
    return value === undefined ? [] : [[name, ensureExposable(plugin.id, name, value)] as const];
  });
  return Object.fromEntries(entries);
}

function ensureExposable(pluginId: string, name: string, value: unknown): BrowserConfig[string] {
  const isShort = typeof value !== 'string' || value.length <= MAX_TEXT_LENGTH;
  if (
    typeof value === 'boolean' ||
    Number.isFinite(value) ||
    (typeof value === 'string' && isShort)
  )
    return value as BrowserConfig[string];
  throw new TypeError(
    `The plugin ${pluginId} exposes [${name}] to browsers, which is not a boolean, a number or a text of at most ${MAX_TEXT_LENGTH} characters. Expose single values with functions.`,
  );
}
