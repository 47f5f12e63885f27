import { ConnectorActionError, publicSecretFields } from '@latchkey/connector-specs';

const REDACTED = '[redacted]';
/** Shorter values would blot out ordinary words. */
const SHORTEST = 8;
/** Deeper answers are no data anybody uses, and would exhaust the stack of whoever walks or serialises them. */
const MAX_DEPTH = 200;

/**
 * The credentials of one execution, as they would look if a service sent them back: plain and percent-encoded.
 * @param headers complete Authorization values that were sent
 */
export function credentialsOf(
  authType: string,
  secrets: Readonly<Record<string, unknown>>,
  headers: readonly string[],
): readonly string[] {
  const publicNames = publicSecretFields(authType);
  const found = headers.map((header) => header.slice(header.indexOf(' ') + 1));
  for (const [name, value] of Object.entries(secrets)) {
    if (typeof value === 'string' && !publicNames.has(name)) found.push(value);
  }
  const long = found.filter((value) => value.length >= SHORTEST);
  const variants = new Set(long.flatMap((value) => [value, encodeURIComponent(value)]));
  // The longest first: a credential that contains another must not survive in part.
  return [...variants].sort((a, b) => b.length - a.length);
}

/**
 * The output without the credentials it may echo (attack 67), in values and in names. What holds no echo comes back as it is, not copied.
 * @throws ConnectorActionError `unexpected_answer` for output that is nested too deeply to be sent, circles included
 */
export function redactOutput<T>(output: T, credentials: readonly string[]): T {
  return redact(output, credentials, 0) as T;
}

function redact(value: unknown, credentials: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return redactText(value, credentials);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (depth > MAX_DEPTH) {
    throw new ConnectorActionError('unexpected_answer', 'the answer is nested too deeply');
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => redact(item, credentials, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = Object.entries(value).map(([name, member]) => ({
    name,
    safeName: redactText(name, credentials),
    member,
    safe: redact(member, credentials, depth + 1),
  }));
  const isEcho = members.some(
    ({ name, safeName, member, safe }) => name !== safeName || member !== safe,
  );
  // From entries, not by assignment: a member called `__proto__` must stay data.
  return isEcho ? Object.fromEntries(members.map(({ safeName, safe }) => [safeName, safe])) : value;
}

function redactText(text: string, credentials: readonly string[]): string {
  let safe = text;
  for (const credential of credentials) {
    if (safe.includes(credential)) safe = safe.replaceAll(credential, REDACTED);
  }
  return safe;
}
