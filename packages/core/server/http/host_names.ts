import { isIP } from 'node:net';

/**
 * Characters that would make a URL parser read more than host and port in a `Host` header (RFC 9110
 * §7.2).
 */
const NOT_IN_AUTHORITY = /[/?#@\\\s]/;

/**
 * Maximum number of cached `Host` headers. There are many spellings, such as every name below
 * `localhost`.
 */
const MAX_ACCEPTED = 100;

/**
 * Returns the host of a `Host` header in lower case, without port and brackets. `undefined`: the
 * header is malformed.
 */
function hostNameOf(authority: string): string | undefined {
  if (NOT_IN_AUTHORITY.test(authority)) return undefined;
  const hostname = URL.parse(`http://${authority}/`)?.hostname;
  if (hostname === undefined || hostname === '') return undefined;
  return withoutBrackets(hostname).replace(/\.$/, '');
}

const withoutBrackets = (hostname: string): string =>
  hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;

/**
 * Returns `true` if a host is a loopback address or name. Browsers resolve `*.localhost` themselves
 * (RFC 6761 §6.3).
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * Returns the IPv4 address of a client that a dual-stack socket reports as `::ffff:192.0.2.1`.
 * Other addresses stay unchanged. `undefined`: the address is unknown.
 */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The host that a request names, and the address at which it arrived. */
interface Arrival {
  /** Host and port, as the `Host` header has them. `undefined`: HTTP/1.0 without that header. */
  readonly host: string | undefined;
  /** Address of this end of the connection; `undefined`: no socket. */
  readonly localAddress: string | undefined;
}

/**
 * Returns a function that decides which `Host` headers are accepted. A name that an attacker's DNS
 * resolves to this server must not be accepted (DNS rebinding), because pages of that name would
 * count as same-origin.
 * @param config names without ports; `host` is the address on which the server listens
 */
export function createHostCheck(config: {
  readonly host: string;
  readonly publicBaseUrl: string | undefined;
  readonly trustedHostNames: readonly string[];
}): (arrival: Arrival) => boolean {
  const { host, publicBaseUrl, trustedHostNames } = config;
  const publicHost = publicBaseUrl === undefined ? undefined : URL.parse(publicBaseUrl)?.host;
  const served = new Set(
    [host, publicHost, ...trustedHostNames].flatMap((one) =>
      one === undefined ? [] : (hostNameOf(isIP(one) === 6 ? `[${one}]` : one) ?? []),
    ),
  );
  const isServed = (name: string): boolean => served.has(name) || isLoopbackHost(name);
  /** `Host` headers whose name is accepted at every address of this server. */
  const accepted = new Set<string>();
  return ({ host: authority, localAddress }) => {
    if (authority === undefined || accepted.has(authority)) return true;
    const name = hostNameOf(authority);
    if (name === undefined) return false;
    if (!isServed(name)) return isIP(name) !== 0 && name === plainAddress(localAddress);
    if (accepted.size >= MAX_ACCEPTED) accepted.clear();
    accepted.add(authority);
    return true;
  };
}
