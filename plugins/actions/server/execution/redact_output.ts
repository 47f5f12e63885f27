import { ConnectorActionError } from '@latchkey/connector-specs';
import { type Echoes, echoesOf } from './credential_echoes.ts';

/**
 * Maximum depth of output. Deeper output would exhaust the stack of code that walks or serialises
 * it.
 */
const MAX_DEPTH = 200;

/** The credentials of one execution, without duplicates. */
export function credentialsOf({
  publicFields,
  secrets,
  headers,
  secretTexts = [],
}: {
  /** Fields of the secrets that contain no credential. */
  readonly publicFields: ReadonlySet<string>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Complete Authorization values that were sent. */
  readonly headers: readonly string[];
  /** Credentials that are not a separate field. */
  readonly secretTexts?: readonly string[];
}): readonly string[] {
  const found = [...headers.map((header) => header.slice(header.indexOf(' ') + 1)), ...secretTexts];
  for (const [name, value] of Object.entries(secrets)) {
    if (typeof value === 'string' && !publicFields.has(name)) found.push(value);
  }
  return [...new Set(found)].filter((value) => value !== '');
}

/**
 * Replaces credentials that the output may echo (attack 67), in values and in names: plain,
 * percent-encoded, in hex and in base64. Parts without an echo are returned unchanged, not copied.
 * This is only a second line of defence: a malicious service can return a credential in another
 * spelling.
 * @throws ConnectorActionError `unexpected_response` for output that is circular or nested too
 * deeply
 */
export function redactOutput<T>(output: T, credentials: readonly string[]): T {
  return redact(output, echoesOf(credentials), 0) as T;
}

function redact(value: unknown, echoes: Echoes, depth: number): unknown {
  if (typeof value === 'string') return echoes.hide(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return redactBytes(value, echoes);
  if (depth > MAX_DEPTH) {
    throw new ConnectorActionError('unexpected_response', 'the response is nested too deeply');
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => redact(item, echoes, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = Object.entries(value).map(([name, member]) => ({
    name,
    safeName: echoes.hide(name),
    member,
    safe: redact(member, echoes, depth + 1),
  }));
  const isEcho = members.some(
    ({ name, safeName, member, safe }) => name !== safeName || member !== safe,
  );
  // Built from entries, because an assignment to a member called `__proto__` would not create data.
  return isEcho ? Object.fromEntries(members.map(({ safeName, safe }) => [safeName, safe])) : value;
}

/** Latin-1 maps every byte to one character. */
function redactBytes(view: ArrayBufferView, echoes: Echoes): ArrayBufferView {
  const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
  const safe = echoes.hide(text);
  return safe === text ? view : Buffer.from(safe, 'latin1');
}
