import { isIP } from 'node:net';
import { EgressError } from '../egress_error.ts';
import { classifyAddress } from './address_guard.ts';
import type { HostOverrides } from './host_overrides.ts';
import { bareHost, type HostRules, isLocalName, isMetadataName } from './host_rules.ts';

/** Origins whose verdict is remembered; a verdict depends on settings alone, so it never goes stale. */
const MAX_REMEMBERED_ORIGINS = 1000;

/** Where an origin that passed the guard is really reached. */
export interface Route {
  /** What the caller named. Allow-list, redirect rules and credentials go by this one. */
  readonly realOrigin: string;
  /** What is connected to: the stand-in in development, else the same. */
  readonly origin: string;
  /** Host of `realOrigin`, for messages. */
  readonly host: string;
  /** A stand-in chosen by the developer: its address is trusted. */
  readonly isEmulator: boolean;
}

/** A checked URL. */
export interface Target {
  readonly route: Route;
  /** Path and query, as sent. */
  readonly path: string;
  readonly url: URL;
}

export interface UrlGuardOptions {
  readonly hosts: HostRules;
  readonly overrides: HostOverrides;
  readonly dangerouslyAllowHttp: boolean;
}

/** Checks everything that can be known without DNS; the address a name resolves to is checked when connecting. */
export class UrlGuard {
  readonly #options: UrlGuardOptions;
  readonly #routes = new Map<string, Route>();

  constructor(options: UrlGuardOptions) {
    this.#options = options;
  }

  /** @throws EgressError `invalid_url`, `https_required`, `host_not_allowed`, `address_not_allowed` */
  check(uri: string | URL): Target {
    const url = typeof uri === 'string' ? URL.parse(uri) : uri;
    if (url === null) throw new EgressError('invalid_url', 'the URL does not parse', undefined);
    if (url.username !== '' || url.password !== '') {
      throw new EgressError(
        'invalid_url',
        'the URL carries user information; use a header instead',
        url.hostname,
      );
    }
    return { route: this.#route(url), path: url.pathname + url.search, url };
  }

  #route(url: URL): Route {
    const known = this.#routes.get(url.origin);
    if (known !== undefined) return known;
    const route = this.#decide(url);
    if (this.#routes.size >= MAX_REMEMBERED_ORIGINS) this.#routes.clear();
    // `file:` and the like have the origin "null", but never get here.
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
      ? url.origin.replace(/\.+(?=:|$)/, '')
      : url.origin;
    // A stand-in asked for directly is what the developer configured, so no list has to name it again.
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
    throw new EgressError('https_required', `host [${host}] must be reached by https`, host);
  }

  #checkAddress(host: string): void {
    const literal = this.#options.hosts.isLiteral(host);
    const found = isIP(host) === 0 ? classifyName(host) : classifyAddress(host);
    if (found === 'public' || (found === 'private' && literal)) return;
    throw addressRefusal(host, found === 'private');
  }
}

/** @param couldBeListed the address is private, so naming the host in the allow-list would open it */
export function addressRefusal(host: string, couldBeListed: boolean): EgressError {
  const hint = couldBeListed ? '; list the host itself in xpack.actions.allowedHosts' : '';
  return new EgressError(
    'address_not_allowed',
    `host [${host}] leads to an address that must not be reached${hint}`,
    host,
  );
}

function classifyName(host: string): 'public' | 'private' | 'forbidden' {
  if (isMetadataName(host)) return 'forbidden';
  return isLocalName(host) ? 'private' : 'public';
}
