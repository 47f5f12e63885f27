import { createHash } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Route } from '../guard/index.ts';
import type { ConnectionTls, EgressFetchInit, ProxySettings, VerificationMode } from '../types.ts';
import type { ProxyRules } from './proxy_rules.ts';
import {
  clientCertificateOptions,
  type HostTls,
  type TlsOptions,
  tlsOptions,
} from './tls_profiles.ts';

/** TLS options of one call. */
export type CallTls = Pick<EgressFetchInit, 'clientCertificate' | 'verificationMode'> &
  Pick<ConnectionTls, 'certificateAuthorities'>;

/** Dependencies of {@link Dispatchers}. */
export interface DispatchersOptions {
  /** Resolves names and checks their addresses. */
  readonly lookup: LookupFunction;
  readonly verificationMode: VerificationMode;
  readonly hostTls: ReadonlyMap<string, HostTls>;
  /** `undefined`: no request uses a proxy. */
  readonly proxy: ProxyRules | undefined;
}

/**
 * Timeout of connecting, in milliseconds. It is longer than a normal handshake and shorter than the
 * deadlines in use. It also ends the connection attempt of an abandoned call.
 */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Milliseconds to wait for a proxy. One that accepts CONNECT and never responds would block its
 * queue forever.
 */
const PROXY_RESPONSE_TIMEOUT_MS = 30_000;
/** Maximum sockets per origin. Further calls wait in a queue until their own deadline. */
const MAX_CONNECTIONS_PER_ORIGIN = 256;
/**
 * Idle time after which a pooled socket is closed, in milliseconds. It is below the idle limit of
 * common servers and load balancers, so a server rarely closes a pooled socket first.
 */
const KEEP_ALIVE_MS = 4_000;
/** Maximum number of pools. Settings need few, but client certificates of calls could need many. */
const MAX_POOLS = 64;
const MAX_CACHED_ORIGINS = 1000;

/**
 * Options of every pool. The timeouts of undici are off, because the sender applies one deadline
 * per call. HTTP/2 is off, because its resets differ in whether the server acted on the request.
 */
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
 * Keep-alive pools, one per set of TLS and proxy options. A socket has no identity unless it uses a
 * client certificate, and the certificate is part of the key. Callers share sockets, except after a
 * body that a server could read as a request: see `mayContainRequest`.
 */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #pools = new Map<string, Dispatcher>();
  /** The default pool of each origin, found without computing a key. */
  readonly #byOrigin = new Map<string, Dispatcher>();

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** Returns the pool of a route, and creates the pool on first use. */
  get(route: Route, call?: CallTls): Dispatcher {
    const isDefault =
      call?.clientCertificate === undefined &&
      call?.verificationMode === undefined &&
      call?.certificateAuthorities === undefined;
    if (isDefault) {
      const cached = this.#byOrigin.get(route.realOrigin);
      if (cached !== undefined) return cached;
      const pool = this.#poolOf(this.#profile(route, undefined));
      if (this.#byOrigin.size >= MAX_CACHED_ORIGINS) this.#byOrigin.clear();
      this.#byOrigin.set(route.realOrigin, pool);
      return pool;
    }
    return this.#poolOf(this.#profile(route, call));
  }

  /** Closes every socket, also sockets that abandoned calls are still connecting. */
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
      // A Map keeps insertion order, so the least recently used pool is evicted first.
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
    // The developer configured the emulator, so its address is trusted. All other addresses are
    // checked.
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
    // Running calls complete on the closed pool. Closing fails only if the pool is already closed.
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
  // JSON separates the parts, so that two certificates cannot give the same text.
  if (clientCertificate !== undefined) hash.update(JSON.stringify(clientCertificate));
  return `${mode}|${proxied}|${isEmulator}|${hash.digest('base64url')}`;
}
