const MAX_LENGTH = 4096;

/** Credentials as HTTP writes them (RFC 9110 §11.4): the scheme stays, what follows goes. */
const CREDENTIALS = /\b(Bearer|Basic|ApiKey|DPoP)\s+[A-Za-z0-9._~+/=:-]{6,}/gi;

const NAMES =
  'access_token|refresh_token|id_token|token|code|code_verifier|client_secret|client_assertion|assertion|password|secret|state|api_key|apikey';

/** Secrets as URLs and forms write them: the name stays, the value goes. */
const PAIR = new RegExp(`\\b(${NAMES})=[^\\s&"',;)}\\]]+`, 'gi');

/** Secrets as JSON writes them. */
const MEMBER = new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*)(?:"[^"]*"?|'[^']*'?)`, 'gi');

/** What each pattern needs: most texts are names, ids and plain sentences, and every line of the server passes here. */
const SCHEME = /\b(?:Bearer|Basic|ApiKey|DPoP)\s/i;

/**
 * Text that is safe to log: bounded, and without what looks like a credential. It is the last net, for texts of libraries that
 * quote what they were given.
 */
export function scrubText(text: string): string {
  const bounded = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  let safe = bounded;
  if (SCHEME.test(safe)) safe = safe.replace(CREDENTIALS, '$1 [redacted]');
  if (safe.includes('=')) safe = safe.replace(PAIR, '$1=[redacted]');
  if (safe.includes(':')) safe = safe.replace(MEMBER, '$1"[redacted]"');
  return safe;
}
