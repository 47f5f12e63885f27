/**
 * Returns `true` if a host matches a pattern: a host name, or `*.` and a domain for every host
 * below that domain. Case is ignored.
 */
export function matchesHost(host: string, pattern: string): boolean {
  const name = host.toLowerCase();
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}
