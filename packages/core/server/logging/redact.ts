import { scrubText } from './scrub_text.ts';
import { isError, serializeError } from './serialize_error.ts';

/** Text that replaces a secret. */
const REDACTED = '[redacted]';

const ERROR_CODE = /^[A-Za-z0-9_.-]{1,64}$/;
const MAX_DEPTH = 6;
const MAX_KEYS = 60;
const MAX_ITEMS = 50;
/** Maximum number of keys for which the result of the check is cached. */
const MAX_CHECKED_KEYS = 1000;
const MAX_CHECKED_LENGTH = 64;

/**
 * Names of secrets. They are compared with the last part of a dotted key, ignoring case, `-` and
 * `_`.
 */
const SECRET_KEYS = new Set([
  'accesstoken',
  'apikey',
  'assertion',
  'authorization',
  'clientassertion',
  'clientsecret',
  'code',
  'codeverifier',
  'cookie',
  'cookies',
  'encryptionkey',
  'idtoken',
  'passphrase',
  'password',
  'privatekey',
  'proxyauthorization',
  'refreshtoken',
  'secret',
  'secrets',
  'sessionid',
  'setcookie',
  // This is the cookie name `__Host-sid`.
  'hostsid',
  'sid',
  'state',
  'token',
  'tokens',
  'verifier',
]);

/**
 * Copies log fields so that they are safe to write: values of keys that usually name secrets are
 * replaced at any depth, errors are reduced to type, message and code, and depth and size are
 * limited. Never throws. This is the second line of defense: callers must not log secrets at all.
 * @param withStack `true`: errors keep their stack
 */
export function redact(fields: Readonly<Record<string, unknown>>, withStack: boolean): object {
  return copyEntries(fields, { withStack, depth: 0, above: [] });
}

interface Walk {
  readonly withStack: boolean;
  readonly depth: number;
  /** The key of this value. */
  readonly key?: string;
  /** Objects that contain this one, to detect a cycle. */
  readonly above: readonly object[];
}

function copy(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return scrubText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : copyObject(value, walk);
    default:
      return undefined;
  }
}

function copyObject(value: object, walk: Walk): unknown {
  if (isError(value)) return serializeError(value, walk.withStack);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return `${value.origin}${value.pathname}`;
  if (walk.above.includes(value)) return '[circular]';
  if (walk.depth >= MAX_DEPTH) return '[too deep]';
  const inner = { ...walk, depth: walk.depth + 1, above: [...walk.above, value] };
  if (Array.isArray(value)) return copyItems(value, inner);
  // Requests, responses, headers and other instances contain data that the caller did not mean to
  // log.
  if (!isPlain(value)) return `[${className(value)}]`;
  return copyEntries(value, inner);
}

function copyItems(items: readonly unknown[], walk: Walk): unknown[] {
  const copied = items.slice(0, MAX_ITEMS).map((item) => copy(item, walk));
  if (items.length > MAX_ITEMS) copied.push(`[${items.length - MAX_ITEMS} more]`);
  return copied;
}

function copyEntries(value: object, walk: Walk): object {
  const keys = Object.keys(value);
  const copied: Record<string, unknown> = {};
  for (const key of keys.slice(0, MAX_KEYS)) {
    const name = key === 'err' ? 'error' : key;
    put(copied, name, copyMember(key, read(value, key), walk));
  }
  if (keys.length > MAX_KEYS) copied['…'] = `[${keys.length - MAX_KEYS} more]`;
  return copied;
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  // A plain assignment to `__proto__` would change the prototype instead of adding a key.
  else Object.defineProperty(target, name, { value, enumerable: true });
}

function copyMember(key: string, value: unknown, walk: Walk): unknown {
  // JSON omits `undefined`. To replace it would report a secret that does not exist.
  if (value === undefined) return undefined;
  if (isErrorCode(key, value, walk)) return value;
  if (isSecretKey(key)) return REDACTED;
  return typeof value === 'object' ? copy(value, { ...walk, key }) : copy(value, walk);
}

/**
 * Returns `true` if a value is an error code. `code` is treated as a secret, except in ECS'
 * `error.code`, where it names a failure.
 */
function isErrorCode(key: string, value: unknown, walk: Walk): boolean {
  const isEcsErrorCode = key === 'error.code' || (key === 'code' && walk.key === 'error');
  return isEcsErrorCode && typeof value === 'string' && ERROR_CODE.test(value);
}

/** Reads a property. A getter that throws must not prevent the log line. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

/** Cached results of the check by key: the same few keys appear in many lines. */
const checkedKeys = new Map<string, boolean>();

function isSecretKey(key: string): boolean {
  const cached = checkedKeys.get(key);
  if (cached !== undefined) return cached;
  const last = key.slice(key.lastIndexOf('.') + 1);
  const isSecret = SECRET_KEYS.has(last.replaceAll(/[-_\s]/g, '').toLowerCase());
  if (key.length <= MAX_CHECKED_LENGTH && checkedKeys.size < MAX_CHECKED_KEYS) {
    checkedKeys.set(key, isSecret);
  }
  return isSecret;
}

/** Returns `true` if a value is an object literal, of any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const className = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'object';
};
