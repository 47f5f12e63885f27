import { isIP } from 'node:net';

/** The host names behind which clouds serve credentials; a proxy would resolve them out of our sight. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** What the allow-list says about a host, before any DNS. */
export interface HostRules {
  isAllowed(host: string): boolean;
  /** Listed by name, not only covered by `*`. */
  isLiteral(host: string): boolean;
}

/**
 * One spelling per host: lower case, punycode, no brackets, no final dots.
 * @returns `undefined` when the text is no host name
 */
export function normalizeHost(host: string): string | undefined {
  const bare = host.trim().replace(/\.+$/, '');
  const bracketed = isIP(bare) === 6 ? `[${bare}]` : bare;
  if (/[/@?#\\]/.test(bracketed) || !URL.canParse(`https://${bracketed}`)) return undefined;
  return bareHost(new URL(`https://${bracketed}`).hostname);
}

/** Host of a parsed URL without brackets and final dots. */
export function bareHost(hostname: string): string {
  const unbracketed = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return unbracketed.replace(/\.+$/, '');
}

/** `localhost` is loopback wherever it is resolved (RFC 6761 §6.3), also behind a proxy. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Names that no allow-list opens. */
export function isMetadataName(host: string): boolean {
  return METADATA_NAMES.has(host);
}

/** Compiles `allowedHosts`. Entries that are no host name never match. */
export function compileHostRules(allowedHosts: readonly string[]): HostRules {
  const anyName = allowedHosts.includes('*');
  const literal = new Set(allowedHosts.map(normalizeHost).filter((host) => host !== undefined));
  return {
    isAllowed: (host) => anyName || literal.has(host),
    isLiteral: (host) => literal.has(host),
  };
}
