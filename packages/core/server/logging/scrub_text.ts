const MAX_LENGTH = 4096;

/**
 * Matches credentials in HTTP headers (RFC 9110 §11.4). The scheme is kept and the rest is
 * replaced.
 */
const CREDENTIALS = /\b(Bearer|Basic|ApiKey|DPoP)\s+[A-Za-z0-9._~+/=:-]{6,}/gi;

const NAMES =
  'access_token|refresh_token|id_token|token|code|code_verifier|client_secret|client_assertion|assertion|password|secret|state|api_key|apikey';

/** Matches secrets in URLs and forms. The name is kept and the value is replaced. */
const PAIR = new RegExp(`\\b(${NAMES})=[^\\s&"',;)}\\]]+`, 'gi');

/** Matches secrets in JSON. The name is kept and the value is replaced. */
const MEMBER = new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*)(?:"[^"]*"?|'[^']*'?)`, 'gi');

/** Quick check before the slower pattern: every log line is checked, and most contain no secret. */
const SCHEME = /\b(?:Bearer|Basic|ApiKey|DPoP)\s/i;
/** Characters of which every pattern needs at least one. A text without them contains no secret. */
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
