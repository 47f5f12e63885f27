/** Second-level labels under which country registries sell names, as in `example.co.uk`. */
const SHARED_SECOND_LEVELS: ReadonlySet<string> = new Set([
  'ac',
  'co',
  'com',
  'edu',
  'go',
  'gov',
  'ne',
  'net',
  'or',
  'org',
]);

/**
 * The part of a host name one owner registers, good enough to warn an administrator and to keep a token within its provider; not a
 * public suffix list. Addresses and single labels are returned whole.
 */
export function registrableHost(hostname: string): string {
  if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return hostname;
  const labels = hostname.toLowerCase().replace(/\.$/, '').split('.');
  const [secondLevel, topLevel] = labels.slice(-2);
  const isCountryRegistry =
    labels.length > 2 && topLevel?.length === 2 && SHARED_SECOND_LEVELS.has(secondLevel ?? '');
  return labels.slice(isCountryRegistry ? -3 : -2).join('.');
}

/** Whether two URLs belong to the same registrable host. Unparseable ones belong to nobody. */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && registrableHost(a.hostname) === registrableHost(b.hostname);
}
