import ipaddr from 'ipaddr.js';
import type { ServerConfig } from './core_config.ts';

/** Minimum prefix lengths of a range of proxies. A shorter prefix trusts too many addresses. */
const MIN_IPV4_PREFIX = 8;
const MIN_IPV6_PREFIX = 16;
/** Maximum size of all ranges together, as a share of all addresses: sixteen IPv4 /8. */
const MAX_SHARE = 1 / 16;
/** Network of IPv4 addresses that arrive mapped into IPv6 (RFC 4291 §2.5.5.2). */
const MAPPED_IPV4 = ipaddr.IPv6.parse('::ffff:0:0');
const MAPPED_IPV4_PREFIX = 96;

/** A range of one address family. */
interface Range {
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/**
 * Returns the reason why production refuses a value of `server.trustProxy`. `undefined`: the value
 * is accepted. If a server trusts `X-Forwarded-For` of every client, each client can choose its
 * address. Then the limits of failed logins and the addresses in the audit log mean nothing.
 */
export function trustProxyProblem(trustProxy: ServerConfig['trustProxy']): string | undefined {
  if (typeof trustProxy === 'number' || trustProxy === false) return undefined;
  const texts = trustProxy === true ? [] : [trustProxy].flat().flatMap((one) => one.split(','));
  const ranges = texts.flatMap((text) => rangeOf(text.trim()) ?? []);
  if (trustProxy !== true && !ranges.some(isTooWide) && !areTooWideTogether(ranges)) {
    return undefined;
  }
  return (
    'production does not trust X-Forwarded-For of every client: set the addresses of the proxy ' +
    '(for example 10.0.0.5 or 10.0.0.0/24; no prefix shorter than /8, for IPv6 /16, and together ' +
    'at most a sixteenth of all addresses) or the number of proxies in front (for example 1)'
  );
}

/** Parses an address range. `undefined`: the text is a name, such as `loopback`, or not a range. */
function rangeOf(text: string): Range | undefined {
  const [base = '', suffix] = text.split('/', 2);
  if (!ipaddr.isValid(base)) return undefined;
  const address = ipaddr.parse(base);
  const family = address.kind();
  const prefix = suffix === undefined ? (family === 'ipv4' ? 32 : 128) : prefixOf(suffix);
  if (prefix === undefined) return undefined;
  if (!(address instanceof ipaddr.IPv6)) return { family, prefix };
  const common = Math.min(prefix, MAPPED_IPV4_PREFIX);
  return address.match(MAPPED_IPV4, common)
    ? { family: 'ipv4', prefix: prefix - common }
    : { family, prefix };
}

/**
 * Returns the prefix length of a suffix. `undefined`: the suffix is invalid.
 * @param suffix a number of bits, or a netmask
 */
function prefixOf(suffix: string): number | undefined {
  if (/^\d+$/.test(suffix)) return Number(suffix);
  if (!ipaddr.isValid(suffix)) return undefined;
  return ipaddr.parse(suffix).prefixLengthFromSubnetMask() ?? undefined;
}

const isTooWide = ({ family, prefix }: Range): boolean =>
  prefix < (family === 'ipv4' ? MIN_IPV4_PREFIX : MIN_IPV6_PREFIX);

function areTooWideTogether(ranges: readonly Range[]): boolean {
  return (['ipv4', 'ipv6'] as const).some((family) => {
    const shares = ranges.filter((range) => range.family === family).map((r) => 2 ** -r.prefix);
    return shares.reduce((sum, share) => sum + share, 0) > MAX_SHARE;
  });
}
