const MAX_LENGTH = 4096;

/** Credentials as HTTP writes them (RFC 9110 §11.4): the scheme stays, what follows goes. */
const CREDENTIALS = /\b(Bearer|Basic|ApiKey|DPoP)\s+[A-Za-z0-9._~+/=:-]{6,}/gi;

const NAMES =
  'access_token|refresh_token|id_token|token|code|code_verifier|client_secret|client_assertion|assertion|password|secret|state|api_key|apikey';

/** Secrets as URLs and forms write them: the name stays, the value goes. */
const PAIR = new RegExp(`\\b(${NAMES})=[^\\s&"',;)}\\]]+`, 'gi');

/** Secrets as JSON writes them. */
const MEMBER = new RegExp(`(["'](?:${NAMES})["']\\s*:\\s*)(?:"[^"]*"?|'[^']*'?)`, 'gi');

/** Something that every pattern above needs: a blank before a credential, `=` in a pair, `:` in a member. */
const SUSPICIOUS = /[\s=:]/;

/**
 * Text that is safe to log: bounded, and without what looks like a credential. It is the last net, for texts of libraries that
 * quote what they were given.
 */
export function scrubText(text: string): string {
  const bounded = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  // Most fields are names and ids, and every line of the server passes here.
  if (!SUSPICIOUS.test(bounded)) return bounded;
  return bounded
    .replace(CREDENTIALS, '$1 [redacted]')
    .replace(PAIR, '$1=[redacted]')
    .replace(MEMBER, '$1"[redacted]"');
}
