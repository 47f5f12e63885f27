/** A parameter of a challenge, such as `error` of RFC 6750 §3. */
interface ChallengeParameter {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** A parameter with its value, or the scheme of the next challenge (RFC 9110 §11.6.1). */
const PART =
  /([\w.~+-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,"]*))|"(?:[^"\\]|\\.)*"|([\w.~+-]+)/g;
const MAX_CHALLENGE = 8192;

/**
 * Returns the parameters of the `WWW-Authenticate` challenges of a response, except those of the
 * scheme `Basic`, which say nothing about a token. A text inside a value, such as a description, is
 * not a parameter.
 */
export function challengeParameters(
  headers: Readonly<Record<string, unknown>>,
): readonly ChallengeParameter[] {
  const challenges = String(headers['www-authenticate'] ?? '').slice(0, MAX_CHALLENGE);
  let scheme = '';
  const found: ChallengeParameter[] = [];
  for (const [, name, quoted, single, plain, nextScheme] of challenges.matchAll(PART)) {
    if (nextScheme !== undefined) scheme = nextScheme.toLowerCase();
    if (name === undefined || scheme === 'basic') continue;
    found.push({ name: name.toLowerCase(), value: quoted ?? single ?? plain ?? '' });
  }
  return found;
}

/** Returns the values of `error` in the challenges of a response (RFC 6750 §3.1). */
export const challengeErrors = (headers: Readonly<Record<string, unknown>>): readonly string[] =>
  challengeParameters(headers).flatMap(({ name, value }) => (name === 'error' ? [value] : []));
