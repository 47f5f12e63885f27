import { ConnectorActionError } from '@latchkey/connector-specs';
import { oncePerFrozen } from '@latchkey/saved-objects';
import { type Echoes, echoesOf } from './credential_echoes.ts';

/**
 * Maximum depth of output. Deeper output would exhaust the stack of code that walks or serialises
 * it.
 */
const MAX_DEPTH = 200;

/**
 * Returns the encodings in which the listed credentials may occur in a text. Cached by list:
 * executions with the same token share one frozen list.
 */
const spellingsOf = oncePerFrozen(echoesOf);

/** The credentials of one execution, without duplicates. The list is frozen. */
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
  return Object.freeze([...new Set(found)].filter((value) => value !== ''));
}

/**
 * Replaces credentials that the output may echo (E67), in values and in names: plain,
 * percent-encoded, in hex and in base64. Parts without an echo are returned unchanged, not copied.
 * This is only a second line of defence: a malicious service can return a credential in another
 * spelling.
 * @throws ConnectorActionError `unexpected_response` for output that is circular or nested too
 * deeply
 */
export function redactOutput<T>(output: T, credentials: readonly string[]): T {
  return redact(output, spellingsOf(credentials), 0) as T;
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
  return redactMembers(value as Record<string, unknown>, echoes, depth);
}

function redactMembers(
  value: Readonly<Record<string, unknown>>,
  echoes: Echoes,
  depth: number,
): unknown {
  // Created at the first echo. This runs for every result, and hardly any has one.
  let entries: [string, unknown][] | undefined;
  const names = Object.keys(value);
  for (const [index, name] of names.entries()) {
    const member = value[name];
    const safeName = echoes.hide(name);
    const safe = redact(member, echoes, depth + 1);
    if (entries === undefined && safeName === name && safe === member) continue;
    entries ??= names.slice(0, index).map((kept) => [kept, value[kept]]);
    entries.push([safeName, safe]);
  }
  // Built from entries, because an assignment to a member called `__proto__` would not create data.
  return entries === undefined ? value : Object.fromEntries(entries);
}

/** Latin-1 maps every byte to one character. */
function redactBytes(view: ArrayBufferView, echoes: Echoes): ArrayBufferView {
  const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
  const safe = echoes.hide(text);
  return safe === text ? view : Buffer.from(safe, 'latin1');
}
