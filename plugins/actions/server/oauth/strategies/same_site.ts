import { getDomain } from 'tldts';

/**
 * Registrable domain by the public suffix list. The private section of the list counts: customers
 * of one hosting service (`azurewebsites.net`) are separate sites. A name without a registrable
 * domain (an address, a single label, a public suffix itself) is a site of its own.
 */
export function siteOf(hostname: string): string {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}

/** Tells if two URLs belong to the same site. A URL that does not parse belongs to none. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && siteOf(a.hostname) === siteOf(b.hostname);
}

/** Tells if two URLs have the same scheme, host and port. `false` when one does not parse. */
export function isSameOrigin(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && a.origin === b.origin;
}
