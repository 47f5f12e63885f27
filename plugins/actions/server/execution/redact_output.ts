import { getAuthType, getMeta } from '@latchkey/connector-specs';
import type { AxiosInstance } from 'axios';

const REDACTED = '[redacted]';
/** Shorter values would blot out ordinary words. */
const SHORTEST = 8;

/** The credentials of one execution, as they would look if a service sent them back. */
export function credentialsOf(
  client: AxiosInstance | undefined,
  authType: string,
  secrets: Readonly<Record<string, unknown>>,
): readonly string[] {
  const shape: Readonly<Record<string, unknown>> = getAuthType(authType).schema.shape;
  const header = client?.defaults.headers.common['Authorization'];
  const found = typeof header === 'string' ? [header.slice(header.indexOf(' ') + 1)] : [];
  for (const [name, value] of Object.entries(secrets)) {
    if (name === 'authType' || typeof value !== 'string') continue;
    const field = shape[name];
    // A field the auth type does not list is named by data (an API key's header), so its value is the key.
    if (field === undefined || getMeta(field as Parameters<typeof getMeta>[0])?.sensitive === true)
      found.push(value);
  }
  return found.filter((value) => value.length >= SHORTEST);
}

/**
 * The output without the credentials it may echo (attack 67). Values without an echo come back as they are, not copied.
 */
export function redactOutput<T>(output: T, credentials: readonly string[]): T {
  return credentials.length === 0 ? output : (redact(output, credentials) as T);
}

function redact(value: unknown, credentials: readonly string[]): unknown {
  if (typeof value === 'string') {
    let text = value;
    for (const credential of credentials)
      if (text.includes(credential)) text = text.replaceAll(credential, REDACTED);
    return text;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => redact(item, credentials));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  let changed = false;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const safe = redact(member, credentials);
    changed ||= safe !== member;
    members[name] = safe;
  }
  return changed ? members : value;
}
