import { isIP } from 'node:net';

/**
 * Host names of metadata services, which hand out cloud credentials. They are checked by name,
 * because with a proxy the name is not resolved in this process.
 */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** The compiled allow-list. Checks host names before DNS. */
export interface HostRules {
  isAllowed(host: string): boolean;
  /** Returns `true` if the host is listed by name, not only covered by `*`. */
  isLiteral(host: string): boolean;
}

/**
 * Normalizes a host name: lower case, punycode, no brackets, no trailing dots.
 * @returns `undefined`: the text is not a host name
 */
export function normalizeHost(host: string): string | undefined {
  const bare = withoutLastDots(host.trim());
  const bracketed = isIP(bare) === 6 ? `[${bare}]` : bare;
  if (/[/@?#\\]/.test(bracketed) || !URL.canParse(`https://${bracketed}`)) return undefined;
  return bareHost(new URL(`https://${bracketed}`).hostname);
}

/** Returns the host of a parsed URL without brackets and trailing dots. */
export function bareHost(hostname: string): string {
  const unbracketed = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return withoutLastDots(unbracketed);
}

/** Returns a host name without the dots at its end. */
export function withoutLastDots(host: string): string {
  // The match may begin only at the first dot of a sequence. Otherwise the time would grow with the
  // square of the number of dots.
  return host.replace(/(?<!\.)\.+$/, '');
}

/**
 * Returns `true` if a name is loopback wherever it is resolved (RFC 6761 §6.3), also behind a
 * proxy.
 */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Returns `true` if a name is a metadata service, which no allow-list can allow. */
export function isMetadataName(host: string): boolean {
  return METADATA_NAMES.has(host);
}

/** Compiles `allowedHosts`. Entries that are not a host name never match. */
export function compileHostRules(allowedHosts: readonly string[]): HostRules {
  const anyName = allowedHosts.includes('*');
  const literal = new Set(allowedHosts.map(normalizeHost).filter((host) => host !== undefined));
  return {
    isAllowed: (host) => anyName || literal.has(host),
    isLiteral: (host) => literal.has(host),
  };
}
