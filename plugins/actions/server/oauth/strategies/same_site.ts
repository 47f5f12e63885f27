import { getDomain } from 'tldts';

/**
 * Returns the registrable domain of a host by the public suffix list, including its private
 * section: customers of a hosting service (`azurewebsites.net`) have different sites. A name
 * without a registrable domain (an IP address, a single label, a public suffix) is its own site.
 */
export function siteOf(hostname: string): string {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}

/** Returns `true` if two URLs belong to the same site. An invalid URL belongs to no site. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && siteOf(a.hostname) === siteOf(b.hostname);
}

/** Returns `true` if two URLs have the same scheme, host and port. `false` if one is invalid. */
export function isSameOrigin(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && a.origin === b.origin;
}
