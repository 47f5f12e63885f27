import ipaddr from 'ipaddr.js';

/**
 * The address of one client. An IPv6 host chooses among 2^64 addresses of its own network, so its
 * /64 counts as one client. An IPv4 address mapped into IPv6 is that IPv4 address.
 */
export function clientNetworkOf(address: string): string {
  return networkOf(address, { ipv4Bits: 32, ipv6Bits: 64 });
}

/**
 * The network that one operator or customer usually controls: IPv4 /24, IPv6 /56 (what a provider
 * assigns to one customer).
 */
export function operatorNetworkOf(address: string): string {
  return networkOf(address, { ipv4Bits: 24, ipv6Bits: 56 });
}

function networkOf(
  address: string,
  { ipv4Bits, ipv6Bits }: { readonly ipv4Bits: number; readonly ipv6Bits: number },
): string {
  // Only a custom `trustProxy` could pass such text. It still counts as one client.
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${ipv4Bits}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(parsed)}/${ipv6Bits}`).toString();
}

/** The zone (`%eth0`) names an interface of this machine, not a network. */
const withoutZone = (address: { toNormalizedString(): string }): string =>
  address.toNormalizedString().replace(/%.*$/, '');
