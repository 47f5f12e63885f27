const MAX_LENGTH = 4096;

/** Credentials in HTTP headers (RFC 9110 §11.4): keeps the scheme and replaces the rest. */
const CREDENTIALS = /\b(Bearer|Basic|ApiKey|DPoP)\s+[A-Za-z0-9._~+/=:-]{6,}/gi;

const NAMES =
  'access_token|refresh_token|id_token|token|code|code_verifier|client_secret|client_assertion|assertion|password|secret|state|api_key|apikey';

/** Secrets in URLs and forms: keeps the name and replaces the value. */
const PAIR = new RegExp(`\\b(${NAMES})=[^\\s&"',;)}\\]]+`, 'gi');

/** Secrets in JSON. */
const MEMBER = new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*)(?:"[^"]*"?|'[^']*'?)`, 'gi');

/**
 * Quick checks before the patterns: most texts contain no secret, and every log line is checked.
 */
const SCHEME = /\b(?:Bearer|Basic|ApiKey|DPoP)\s/i;
/** A text without any of these characters matches no pattern. */
const SUSPICIOUS = /[\s=:]/;

/**
 * Makes text safe to log: limits its length and removes everything that resembles a credential.
 * This is the last defense against libraries that quote their input in error texts.
 */
export function scrubText(text: string): string {
  const bounded = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  if (!SUSPICIOUS.test(bounded)) return bounded;
  let safe = bounded;
  if (SCHEME.test(safe)) safe = safe.replace(CREDENTIALS, '$1 [redacted]');
  if (safe.includes('=')) safe = safe.replace(PAIR, '$1=[redacted]');
  if (safe.includes(':')) safe = safe.replace(MEMBER, '$1"[redacted]"');
  return safe;
}
