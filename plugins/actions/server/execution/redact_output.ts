import { ConnectorActionError } from '@latchkey/connector-specs';
import { oncePerFrozen } from '@latchkey/saved-objects';
import { type Echoes, echoesOf } from './credential_echoes.ts';

/**
 * Maximum depth of nested output. Deeper output would overflow the stack of code that serializes
 * it.
 */
const MAX_DEPTH = 200;

/**
 * Returns the function that hides the listed credentials. Cached by list, because executions with
 * the same token share one frozen list.
 */
const spellingsOf = oncePerFrozen(echoesOf);

/** Collects the credentials of one execution, without duplicates. The list is frozen. */
export function credentialsOf({
  publicFields,
  secrets,
  headers,
  secretTexts = [],
}: {
  /** Names of the secrets that are not credentials. */
  readonly publicFields: ReadonlySet<string>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Complete values of the `Authorization` headers that were sent. */
  readonly headers: readonly string[];
  /** Credentials that are not a field of the secrets, such as secret headers. */
  readonly secretTexts?: readonly string[];
}): readonly string[] {
  const found = [...headers.map((header) => header.slice(header.indexOf(' ') + 1)), ...secretTexts];
  for (const [name, value] of Object.entries(secrets)) {
    if (typeof value === 'string' && !publicFields.has(name)) found.push(value);
  }
  return Object.freeze([...new Set(found)].filter((value) => value !== ''));
}

/**
 * Replaces credentials that the output may echo, in values and in names (E67). Finds the encodings
 * that {@link echoesOf} lists. Parts without a credential are returned as the same objects. This is
 * only a second line of defence: a malicious service can return a credential in an encoding that is
 * not searched.
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
  // Created when the first credential is found: all results are searched, but hardly any contains
  // one.
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
  // An assignment to a property named `__proto__` would set the prototype, so entries are used.
  return entries === undefined ? value : Object.fromEntries(entries);
}

/** Hides credentials in bytes. Latin-1 maps each byte to one character, so no byte is lost. */
function redactBytes(view: ArrayBufferView, echoes: Echoes): ArrayBufferView {
  const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
  const safe = echoes.hide(text);
  return safe === text ? view : Buffer.from(safe, 'latin1');
}
