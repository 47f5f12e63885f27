import { matchesHost } from '../entry/host_pattern.ts';
import type { GrantFact } from '../entry/provider_entry.ts';

/** Maximum length of a value, in UTF-16 code units. */
const MAX_LENGTH = 512;
/**
 * A host name of ASCII letters, digits and hyphens (RFC 1123 §2.1), without a port, userinfo or
 * trailing dot. Internationalized names are refused: they can look like a permitted name.
 */
const HOST =
  /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;
/** One label of such a host name. */
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/**
 * The https origin of such a host. A URL parser is not used, because it accepts several spellings
 * of a host.
 */
const ORIGIN = /^https:\/\/([A-Za-z0-9.-]+)\/?$/;
/**
 * Characters that no value may contain: control characters, line breaks and halves of surrogate
 * pairs.
 */
const UNUSABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The value of a grant fact in its stored spelling: an origin, host or label in lower case.
 * @returns `undefined`: the entry does not permit the value
 */
export function permittedFact(fact: GrantFact, value: unknown): string | undefined {
  if (typeof value === 'number' && fact.kind === 'text' && Number.isSafeInteger(value))
    return String(value);
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH) return undefined;
  if (fact.kind === 'text') return UNUSABLE.test(value) ? undefined : value;
  if (fact.kind === 'label') return LABEL.test(value) ? value.toLowerCase() : undefined;
  const host = fact.kind === 'host' ? value : ORIGIN.exec(value)?.[1];
  if (host === undefined || !HOST.test(host)) return undefined;
  const isPermitted = (fact.hosts ?? []).some((pattern) => matchesHost(host, pattern));
  if (!isPermitted) return undefined;
  return fact.kind === 'host' ? host.toLowerCase() : `https://${host.toLowerCase()}`;
}

/** Returns `true` for a value that counts as absent, because the provider named none. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
