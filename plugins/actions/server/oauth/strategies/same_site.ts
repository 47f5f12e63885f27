import { getDomain } from 'tldts';

/**
 * The registrable domain by the public suffix list. The private section of the list counts: customers of one
 * hosting service (`azurewebsites.net`) are strangers to each other. A name without a registrable domain
 * (an address, a single label, a public suffix itself) is a site of its own.
 */
export function siteOf(hostname: string): string {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}

/** Whether two URLs belong to the same site. A URL that does not parse belongs to none. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && siteOf(a.hostname) === siteOf(b.hostname);
}

/** Whether two URLs have the same scheme, host and port. A URL that does not parse has none of them. */
export function isSameOrigin(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && a.origin === b.origin;
}
