import { isIP } from 'node:net';
import { EgressError } from '../egress_error.ts';
import { classifyAddress } from './address_guard.ts';
import type { HostOverrides } from './host_overrides.ts';
import { bareHost, type HostRules, isLocalName, isMetadataName } from './host_rules.ts';

/**
 * Maximum number of cached origins. A result depends on the settings alone, so it never becomes
 * invalid.
 */
const MAX_CACHED_ORIGINS = 1000;

/** Connection target of an origin that passed the guard. */
export interface Route {
  /** Origin of the URL. The allow-list, redirect rules and credentials are checked against it. */
  readonly realOrigin: string;
  /** Origin to connect to: that of the emulator in development, else `realOrigin`. */
  readonly origin: string;
  /** Host of `realOrigin`, for messages. */
  readonly host: string;
  /** `true`: an emulator that the developer configured, so its address is trusted. */
  readonly isEmulator: boolean;
}

/** A checked URL. */
export interface Target {
  readonly route: Route;
  /** Path and query, as sent. */
  readonly path: string;
  readonly url: URL;
}

/** Dependencies of {@link UrlGuard}. */
export interface UrlGuardOptions {
  readonly hosts: HostRules;
  readonly overrides: HostOverrides;
  readonly dangerouslyAllowHttp: boolean;
}

/** Checks URLs without DNS. The addresses of a name are checked when a socket connects. */
export class UrlGuard {
  readonly #options: UrlGuardOptions;
  readonly #routes = new Map<string, Route>();

  constructor(options: UrlGuardOptions) {
    this.#options = options;
  }

  /**
   * Checks a URL before a request is sent.
   * @throws EgressError `invalid_url`, `https_required`, `host_not_allowed`, `address_not_allowed`
   */
  check(uri: string | URL): Target {
    const url = typeof uri === 'string' ? URL.parse(uri) : uri;
    if (url === null) throw new EgressError('invalid_url', 'the URL is invalid', undefined);
    if (url.username !== '' || url.password !== '') {
      throw new EgressError(
        'invalid_url',
        'the URL contains user information; use a header instead',
        url.hostname,
      );
    }
    return { route: this.#route(url), path: url.pathname + url.search, url };
  }

  #route(url: URL): Route {
    const known = this.#routes.get(url.origin);
    if (known !== undefined) return known;
    const route = this.#decide(url);
    if (this.#routes.size >= MAX_CACHED_ORIGINS) this.#routes.clear();
    // The origin of `file:` and similar URLs is "null", but `#decide` rejects them.
    this.#routes.set(url.origin, route);
    return route;
  }

  #decide(url: URL): Route {
    const { overrides } = this.#options;
    const host = bareHost(url.hostname);
    if ((url.protocol !== 'https:' && url.protocol !== 'http:') || host === '') {
      throw new EgressError(
        'invalid_url',
        `the scheme [${url.protocol}] is not http or https`,
        host,
      );
    }
    const realOrigin = url.hostname.endsWith('.')
      ? url.origin.replace(/(?<!\.)\.+(?=:|$)/, '')
      : url.origin;
    // The developer configured the emulator, so the allow-list does not have to contain it.
    if (!overrides.isEmulator(realOrigin)) this.#checkHost(host);
    this.#checkScheme(url.protocol, host, realOrigin);
    const emulator = overrides.emulatorOf(realOrigin);
    const isEmulator = emulator !== undefined || overrides.isEmulator(realOrigin);
    if (!isEmulator) this.#checkAddress(host);
    return { realOrigin, origin: emulator ?? realOrigin, host, isEmulator };
  }

  #checkHost(host: string): void {
    if (this.#options.hosts.isAllowed(host)) return;
    throw new EgressError(
      'host_not_allowed',
      `host [${host}] is not in xpack.actions.allowedHosts`,
      host,
    );
  }

  #checkScheme(protocol: string, host: string, origin: string): void {
    if (protocol === 'https:') return;
    const { dangerouslyAllowHttp, hosts, overrides } = this.#options;
    if (dangerouslyAllowHttp && (hosts.isLiteral(host) || overrides.isEmulator(origin))) return;
    throw new EgressError('https_required', `host [${host}] requires https`, host);
  }

  #checkAddress(host: string): void {
    const literal = this.#options.hosts.isLiteral(host);
    const found = isIP(host) === 0 ? classifyName(host) : classifyAddress(host);
    if (found === 'public' || (found === 'private' && literal)) return;
    throw addressRefusal(host, found === 'private');
  }
}

/**
 * Returns the error for a host with an address that is not allowed.
 * @param couldBeListed `true`: the address is private, so the allow-list can allow it
 */
export function addressRefusal(host: string, couldBeListed: boolean): EgressError {
  const hint = couldBeListed ? '; list the host itself in xpack.actions.allowedHosts' : '';
  return new EgressError(
    'address_not_allowed',
    `host [${host}] has an address that is not allowed${hint}`,
    host,
  );
}

function classifyName(host: string): 'public' | 'private' | 'forbidden' {
  if (isMetadataName(host)) return 'forbidden';
  return isLocalName(host) ? 'private' : 'public';
}
