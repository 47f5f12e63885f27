import { createHash } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Route } from '../guard/index.ts';
import type { EgressFetchInit, InstanceTls, ProxySettings, VerificationMode } from '../types.ts';
import type { ProxyRules } from './proxy_rules.ts';
import {
  clientCertificateOptions,
  type HostTls,
  type TlsOptions,
  tlsOptions,
} from './tls_profiles.ts';

/** TLS wishes of one call. */
export type CallTls = Pick<EgressFetchInit, 'clientCertificate' | 'verificationMode'> &
  Pick<InstanceTls, 'certificateAuthorities'>;

export interface DispatchersOptions {
  /** Address guard of names that are resolved here. */
  readonly lookup: LookupFunction;
  readonly verificationMode: VerificationMode;
  readonly hostTls: ReadonlyMap<string, HostTls>;
  readonly proxy: ProxyRules | undefined;
}

/** Longer than any sane handshake, shorter than any deadline in use; also ends what an abandoned call left behind. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A proxy that accepts CONNECT and then says nothing would hold its queue for ever. */
const PROXY_RESPONSE_TIMEOUT_MS = 30_000;
/** Sockets per origin. More calls wait their turn, on their own deadline. */
const MAX_CONNECTIONS_PER_ORIGIN = 256;
/** Below the idle limit of common servers and load balancers, so a pooled socket is rarely dead when used. */
const KEEP_ALIVE_MS = 4_000;
/** Pools with distinct TLS settings; settings make few, client certificates of calls could make many. */
const MAX_POOLS = 64;
const MAX_REMEMBERED_ORIGINS = 1000;

/** Whole-exchange deadlines are ours, so undici's own are off; HTTP/1.1 only, as error semantics of h2 resets differ. */
const BASE_OPTIONS = {
  connections: MAX_CONNECTIONS_PER_ORIGIN,
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
  allowH2: false,
} as const;

interface Profile {
  readonly mode: VerificationMode;
  readonly ca: string[] | undefined;
  readonly clientCertificate: CallTls['clientCertificate'];
  readonly proxied: boolean;
  readonly isEmulator: boolean;
}

/**
 * Keep-alive pools, one per distinct way to connect. A socket carries no identity unless a client certificate gave it one,
 * and that certificate is part of the key, so reuse between callers leaks nothing.
 */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #pools = new Map<string, Dispatcher>();
  /** The usual way to an origin, found without computing its key. */
  readonly #byOrigin = new Map<string, Dispatcher>();

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** The pool for a route, made on first use. */
  get(route: Route, call?: CallTls): Dispatcher {
    const isUsual =
      call?.clientCertificate === undefined &&
      call?.verificationMode === undefined &&
      call?.certificateAuthorities === undefined;
    if (isUsual) {
      const usual = this.#byOrigin.get(route.realOrigin);
      if (usual !== undefined) return usual;
      const pool = this.#poolOf(this.#profile(route, undefined));
      if (this.#byOrigin.size >= MAX_REMEMBERED_ORIGINS) this.#byOrigin.clear();
      this.#byOrigin.set(route.realOrigin, pool);
      return pool;
    }
    return this.#poolOf(this.#profile(route, call));
  }

  /** Drops every socket, also those an abandoned call is still connecting. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #profile(route: Route, call: CallTls | undefined): Profile {
    const { hostTls, proxy, verificationMode } = this.#options;
    const host = hostTls.get(route.origin);
    return {
      mode: call?.verificationMode ?? host?.verificationMode ?? verificationMode,
      ca: call?.certificateAuthorities === undefined ? host?.ca : [call.certificateAuthorities],
      clientCertificate: call?.clientCertificate,
      proxied: !route.isEmulator && (proxy?.isProxied(route.host) ?? false),
      isEmulator: route.isEmulator,
    };
  }

  #poolOf(profile: Profile): Dispatcher {
    const key = profileKey(profile);
    const known = this.#pools.get(key);
    if (known !== undefined) {
      // Least recently used goes first; Map keeps insertion order.
      this.#pools.delete(key);
      this.#pools.set(key, known);
      return known;
    }
    const pool = this.#create(profile);
    this.#pools.set(key, pool);
    this.#evict();
    return pool;
  }

  #create(profile: Profile): Dispatcher {
    const { lookup, proxy } = this.#options;
    const tls: TlsOptions = {
      ...tlsOptions(profile.mode, profile.ca),
      ...clientCertificateOptions(profile.clientCertificate),
    };
    if (profile.proxied && proxy !== undefined) return createProxyPool(proxy.settings, tls);
    // A stand-in is on the developer's machine by his own choice; everything else resolves under guard.
    const guarded = profile.isEmulator ? {} : { lookup };
    return new Agent({
      ...BASE_OPTIONS,
      connect: { ...tls, ...guarded, timeout: CONNECT_TIMEOUT_MS },
    });
  }

  #evict(): void {
    if (this.#pools.size <= MAX_POOLS) return;
    const [key, pool] = this.#pools.entries().next().value ?? [];
    if (key === undefined || pool === undefined) return;
    this.#pools.delete(key);
    for (const [origin, used] of this.#byOrigin) {
      if (used === pool) this.#byOrigin.delete(origin);
    }
    // Running calls finish on it. It can only fail by being closed already, which is what we want.
    pool.close().catch(() => {});
  }
}

function createProxyPool(settings: ProxySettings, requestTls: TlsOptions): Dispatcher {
  return new ProxyAgent({
    ...BASE_OPTIONS,
    uri: settings.url,
    headers: { ...settings.headers },
    requestTls: { ...requestTls, allowH2: false },
    proxyTls: { ...tlsOptions(settings.verificationMode ?? 'full'), allowH2: false },
    connectTimeout: CONNECT_TIMEOUT_MS,
    clientFactory: (origin, options) =>
      new Pool(origin, { ...options, headersTimeout: PROXY_RESPONSE_TIMEOUT_MS }),
  });
}

function profileKey(profile: Profile): string {
  const { mode, ca, clientCertificate, proxied, isEmulator } = profile;
  const hash = createHash('sha256');
  for (const part of ca ?? []) hash.update(part).update('\0');
  hash.update('\0client\0');
  // JSON separates the parts unambiguously.
  if (clientCertificate !== undefined) hash.update(JSON.stringify(clientCertificate));
  return `${mode}|${proxied}|${isEmulator}|${hash.digest('base64url')}`;
}
