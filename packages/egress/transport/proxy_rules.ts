import { EgressError } from '../egress_error.ts';
import { normalizeHost } from '../guard/index.ts';
import type { ProxySettings } from '../types.ts';

/** The proxy settings, with a check whether a host is reached through the proxy. */
export interface ProxyRules {
  readonly settings: ProxySettings;
  isProxied(host: string): boolean;
}

/**
 * Compiles the proxy settings. If both lists are set, `onlyHosts` is ignored, as in Kibana.
 * @returns `undefined`: no proxy is configured
 * @throws EgressError `invalid_url` when the proxy URL is not http or https. Connecting directly
 * instead could bypass a proxy that the operator requires.
 */
export function compileProxyRules(settings: ProxySettings | undefined): ProxyRules | undefined {
  if (settings === undefined) return undefined;
  const protocol = URL.parse(settings.url)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new EgressError(
      'invalid_url',
      'xpack.actions.proxyUrl is not an http or https URL',
      undefined,
    );
  }
  const bypass = settings.bypassHosts && toHostSet(settings.bypassHosts);
  const only = settings.onlyHosts && toHostSet(settings.onlyHosts);
  return {
    settings,
    isProxied: (host) => (bypass !== undefined ? !bypass.has(host) : (only?.has(host) ?? true)),
  };
}

function toHostSet(hosts: readonly string[]): ReadonlySet<string | undefined> {
  return new Set(hosts.map(normalizeHost));
}
