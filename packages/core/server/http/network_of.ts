import ipaddr from 'ipaddr.js';

/** Name that stands for the network when a proxy sent no valid address. */
const NO_ADDRESS = 'unknown';

/**
 * Returns the network that counts as one client: an IPv4 address, or the /64 of an IPv6 address,
 * because an IPv6 host can choose among 2^64 addresses of its own network. An IPv4 address that is
 * mapped into IPv6 counts as the IPv4 address.
 */
export function networkOf(address: string): string {
  return prefixOf(address, { ipv4Bits: 32, ipv6Bits: 64 });
}

/**
 * Returns the network that one operator or customer usually controls: IPv4 /24, or IPv6 /56, which
 * providers assign to one customer.
 */
export function operatorNetworkOf(address: string): string {
  return prefixOf(address, { ipv4Bits: 24, ipv6Bits: 56 });
}

/**
 * Returns the wider networks that contain an address, from the widest to the narrowest, each with
 * its level in front. An attacker who rents addresses usually gets them from few of these networks.
 */
export function routingPrefixesOf(address: string): readonly string[] {
  return [
    { ipv4Bits: 8, ipv6Bits: 16 },
    { ipv4Bits: 16, ipv6Bits: 32 },
    { ipv4Bits: 24, ipv6Bits: 48 },
  ].map((bits, level) => `${level} ${prefixOf(address, bits)}`);
}

/** An address with the port of the client, as some proxies write it in `X-Forwarded-For`. */
const WITH_PORT = /^(?:\[(?<ipv6>[^\]]*)\](?::\d{1,5})?|(?<ipv4>[\d.]+):\d{1,5})$/;

/** Removes the port, because a client uses another one for each connection. */
function withoutPort(text: string): string {
  const { ipv4, ipv6 } = WITH_PORT.exec(text)?.groups ?? {};
  return ipv4 ?? ipv6 ?? text;
}

function prefixOf(
  text: string,
  { ipv4Bits, ipv6Bits }: { readonly ipv4Bits: number; readonly ipv6Bits: number },
): string {
  const address = withoutPort(text);
  // The proxy sent a text that is not an address (`unknown`, an invented name). All such clients
  // count as one.
  if (!ipaddr.isValid(address)) return NO_ADDRESS;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${ipv4Bits}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(parsed)}/${ipv6Bits}`).toString();
}

/** Removes the zone (`%eth0`): it names an interface of this machine, not a network. */
const withoutZone = (address: { toNormalizedString(): string }): string =>
  address.toNormalizedString().replace(/%.*$/, '');
