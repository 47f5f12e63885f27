import { createAxiosFactory } from './axios/index.ts';
import { EgressError } from './egress_error.ts';
import {
  compileHostOverrides,
  compileHostRules,
  createPinnedLookup,
  UrlGuard,
} from './guard/index.ts';
import { credentialRulesOf } from './requests/credential_rules.ts';
import { createClient } from './requests/egress_client.ts';
import { egressFetch } from './requests/egress_fetch.ts';
import { compileProxyRules, Dispatchers, loadHostTls, Sender } from './transport/index.ts';
import type { Egress, EgressSettings } from './types.ts';

/**
 * Creates the egress of the process. Proxy, certificate authorities and verification come from
 * `settings` alone: proxy variables of the environment and `NODE_TLS_REJECT_UNAUTHORIZED` have no
 * effect.
 * @param readFile reads a PEM file of `certificateAuthoritiesFiles`. Default: `readFileSync`
 * @throws EgressError `invalid_url` for a setting that is not a URL or origin, `https_required` for
 * a plain http emulator without `dangerouslyAllowHttp`; the file system error for a certificate
 * file that cannot be read
 */
export function createEgress(
  settings: EgressSettings,
  readFile?: (path: string) => string,
): Egress {
  const hosts = compileHostRules(settings.allowedHosts);
  const overrides = compileHostOverrides(settings.hostOverrides);
  requireSafeEmulators(settings);
  const guard = new UrlGuard({
    hosts,
    overrides,
    dangerouslyAllowHttp: settings.dangerouslyAllowHttp,
  });
  const connections = {
    lookup: createPinnedLookup(hosts, settings.lookup),
    verificationMode: settings.verificationMode,
    hostTls: loadHostTls(settings.customHostSettings, readFile),
    proxy: compileProxyRules(settings.proxy),
  };
  const sender = new Sender(guard, new Dispatchers(connections));
  // Calls to authorization servers have connections of their own. Otherwise the actions of users
  // could take all connections to a host, and no user could get or refresh a token there.
  const fetchSender = new Sender(guard, new Dispatchers(connections));
  const createAxiosInstance = createAxiosFactory({ guard, sender, settings });
  return {
    ensureUriAllowed: (uri) => void guard.check(uri),
    browserUrl: (uri) => {
      const url = URL.parse(uri);
      const emulator = url === null ? undefined : overrides.emulatorOf(url.origin);
      return url === null || emulator === undefined
        ? uri
        : emulator + url.href.slice(url.origin.length);
    },
    fetch: (uri, init = {}) => egressFetch({ guard, sender: fetchSender, settings }, uri, init),
    createClient: (defaults, options = {}) =>
      createClient({ guard, sender, settings }, credentialRulesOf(options), defaults),
    createAxiosInstance,
    close: async () => {
      await Promise.all([sender.close(), fetchSender.close()]);
    },
  };
}

function requireSafeEmulators(settings: EgressSettings): void {
  const plain = Object.values(settings.hostOverrides).find((origin) => origin.startsWith('http:'));
  if (plain === undefined || settings.dangerouslyAllowHttp) return;
  throw new EgressError(
    'https_required',
    `hostOverrides names [${plain}], which needs dangerouslyAllowHttp`,
    URL.parse(plain)?.hostname,
  );
}
