import ipaddr from 'ipaddr.js';

/**
 * Class of a literal address.
 * - `public`: an address on the internet. It is always allowed.
 * - `private`: an address that is allowed only for a host which the administrator listed literally.
 * - `forbidden`: an address that is never allowed, such as a metadata service, which hands out
 *   cloud credentials.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

/**
 * Metadata services outside the link-local ranges: AWS and GCP over IPv6, Alibaba, Oracle, Azure.
 */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);

const CLASS_BY_RANGE: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'private',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  benchmarking: 'private',
};

/** Byte offset of the embedded IPv4 address, by the name of the IPv6 range. */
const EMBEDDED_AT: Readonly<Record<string, number>> = {
  ipv4Mapped: 12,
  rfc6145: 12,
  rfc6052: 12,
  '6to4': 2,
};

/** RFC 8215: the operator chooses the position of the IPv4 address, so it cannot be extracted. */
const LOCAL_NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b:1::/48');
/** RFC 4291 §2.5.5.1: deprecated, but some network stacks still route it. */
const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

/**
 * Classifies a literal address. Unknown, invalid, multicast, reserved, link-local and unspecified
 * addresses are `forbidden`. An IPv6 address that embeds an IPv4 address has the class of that
 * address.
 * @param address without brackets
 */
export function classifyAddress(address: string): AddressClass {
  // Only link-local addresses have a zone id (`fe80::1%eth0`).
  if (address.includes('%') || !ipaddr.isValid(address)) return 'forbidden';
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 ? classifyIpv6(parsed) : classifyIpv4(parsed);
}

function classifyIpv4(address: ipaddr.IPv4): AddressClass {
  if (METADATA_ADDRESSES.has(address.toString())) return 'forbidden';
  return CLASS_BY_RANGE[address.range()] ?? 'forbidden';
}

function classifyIpv6(address: ipaddr.IPv6): AddressClass {
  if (METADATA_ADDRESSES.has(address.toString())) return 'forbidden';
  const range = address.range();
  if (range === 'rfc6052' && address.match(LOCAL_NAT64)) return 'forbidden';
  const bytes = address.toByteArray();
  const offset = EMBEDDED_AT[range] ?? embeddedInInterfaceId(address, range, bytes);
  if (offset === undefined) return CLASS_BY_RANGE[range] ?? 'forbidden';
  return classifyIpv4(new ipaddr.IPv4(bytes.slice(offset, offset + 4)));
}

function embeddedInInterfaceId(
  address: ipaddr.IPv6,
  range: string,
  bytes: readonly number[],
): number | undefined {
  if (range === 'unicast' && address.match(IPV4_COMPATIBLE)) return 12;
  // ISATAP, RFC 5214 §6.1: interface id 0000:5efe:a.b.c.d or 0200:5efe:a.b.c.d
  const isIsatap =
    (bytes[8] === 0 || bytes[8] === 2) &&
    bytes[9] === 0 &&
    bytes[10] === 0x5e &&
    bytes[11] === 0xfe;
  return range === 'unicast' && isIsatap ? 12 : undefined;
}
