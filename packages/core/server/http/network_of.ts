import ipaddr from 'ipaddr.js';

/** Replaces the network when a proxy sent no address. */
const NO_ADDRESS = 'unknown';

/**
 * The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, because an
 * IPv6 host can choose among 2^64 addresses of its own network. An IPv4 address mapped into IPv6 is
 * that IPv4 address.
 */
export function networkOf(address: string): string {
  return prefixOf(address, { ipv4Bits: 32, ipv6Bits: 64 });
}

/**
 * The network that one operator or customer usually controls: IPv4 /24, IPv6 /56 (what a provider
 * assigns to one customer).
 */
export function operatorNetworkOf(address: string): string {
  return prefixOf(address, { ipv4Bits: 24, ipv6Bits: 56 });
}

/**
 * The wider networks that contain an address, from the widest to the narrowest. An attacker who
 * rents addresses usually gets them from few of these.
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
  // Text from a proxy that is not an address (`unknown`, an invented name): all such clients count
  // as one.
  if (!ipaddr.isValid(address)) return NO_ADDRESS;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${ipv4Bits}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(parsed)}/${ipv6Bits}`).toString();
}

/** Removes the zone (`%eth0`): it names an interface of this machine, not a network. */
const withoutZone = (address: { toNormalizedString(): string }): string =>
  address.toNormalizedString().replace(/%.*$/, '');
