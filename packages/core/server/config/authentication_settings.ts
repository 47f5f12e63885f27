import type { ConfigProblem } from './config_error.ts';
import type { IgnoredSetting } from './kibana_settings.ts';

const AUTHC = 'xpack.security.authc.';

/** Settings of a provider that only change Kibana's login page, or the order of providers. */
const APPEARANCE = new Set(['order', 'description', 'hint', 'icon', 'showInSelector']);

/**
 * Returns the settings of Kibana under `xpack.security.authc` that production refuses. This server
 * ignores these settings and accepts passwords and API keys. An operator who requires single
 * sign-on, or turned HTTP authentication off, must not run a server that still accepts passwords.
 */
export function authenticationProblems(
  ignored: readonly IgnoredSetting[],
): readonly ConfigProblem[] {
  const settings = ignored.filter(({ path }) => `${path}.`.startsWith(AUTHC));
  const values = new Map(settings.map(({ path, value }) => [path.slice(AUTHC.length), value]));
  return settings
    .filter(({ path }) => !isWithoutRisk(path.slice(AUTHC.length), values))
    .map(({ path, source }) => ({
      path,
      message: `production refuses this setting of Kibana (${source}): it may restrict who can sign in, but this server would ignore it and accept passwords and API keys. Remove it`,
    }));
}

/**
 * Returns `true` if ignoring a setting cannot let more users in than Kibana would.
 * @param path below `xpack.security.authc`
 */
function isWithoutRisk(path: string, values: ReadonlyMap<string, unknown>): boolean {
  const value = values.get(path);
  const [area, ...rest] = path.split('.');
  if (area === 'selector') return true;
  if (area === 'http') return isWithoutRiskForHttp(rest.join('.'), value);
  const [type, name, setting = ''] = rest;
  if (area !== 'providers' || name === undefined) return false;
  const isEnabled = values.get([area, type, name, 'enabled'].join('.'));
  // This server does not have Kibana's other login providers, so a disabled one changes nothing.
  if (type !== 'basic') return is(isEnabled, false);
  if (rest.length !== 3) return false;
  return setting === 'enabled' ? is(value, true) : APPEARANCE.has(setting);
}

function isWithoutRiskForHttp(setting: string, value: unknown): boolean {
  if (setting === 'enabled' || setting === 'autoSchemesEnabled') return is(value, true);
  // Kibana adds `basic` by itself unless `autoSchemesEnabled` is `false`, which is refused.
  return setting === 'schemes' && Array.isArray(value) && value.map(lowerCase).includes('apikey');
}

/** Compares values as text, because a value from an environment variable or an option is text. */
const is = (value: unknown, expected: boolean): boolean => lowerCase(value) === String(expected);

const lowerCase = (value: unknown): string => String(value).toLowerCase();
