import { scrubText } from './scrub_text.ts';
import { isError, serializeError } from './serialize_error.ts';

/** What stands in the place of a secret. */
const REDACTED = '[redacted]';

const ERROR_CODE = /^[A-Za-z0-9_.-]{1,64}$/;
const MAX_DEPTH = 6;
const MAX_KEYS = 60;
const MAX_ITEMS = 50;
/** What is remembered of keys; others are judged anew. */
const MAX_JUDGED_KEYS = 1000;
const MAX_JUDGED_LENGTH = 64;

/** Compared without case, `-` and `_`, on the last part of a dotted key. */
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
  // `__Host-sid`
  'hostsid',
  'sid',
  'state',
  'token',
  'tokens',
  'verifier',
]);

/**
 * A copy of log fields that is safe to write: what a secret is usually called is replaced at any depth, errors are reduced to
 * what names them, everything is bounded in depth and size. It never throws. The second net: the first is not to log secrets at all.
 * @param withStack whether errors keep their stack
 */
export function redact(fields: Readonly<Record<string, unknown>>, withStack: boolean): object {
  return copyEntries(fields, { withStack, depth: 0, above: [] });
}

interface Walk {
  readonly withStack: boolean;
  readonly depth: number;
  /** The key this value stands under. */
  readonly key?: string;
  /** Objects this one sits in, to notice a circle. */
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
  // Requests, responses, headers and other instances carry what nobody meant to log.
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
  // Not by assignment: it must stay a key.
  else Object.defineProperty(target, name, { value, enumerable: true });
}

function copyMember(key: string, value: unknown, walk: Walk): unknown {
  if (isErrorCode(key, value, walk)) return value;
  if (isSecretKey(key)) return REDACTED;
  return typeof value === 'object' ? copy(value, { ...walk, key }) : copy(value, walk);
}

/** `code` is what a secret is called, except in ECS' `error.code`, where it is the name of a failure. */
function isErrorCode(key: string, value: unknown, walk: Walk): boolean {
  const isThere = key === 'error.code' || (key === 'code' && walk.key === 'error');
  return isThere && typeof value === 'string' && ERROR_CODE.test(value);
}

/** A getter that throws must not take the line with it. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

/** Lines have the same few keys again and again. */
const judgedKeys = new Map<string, boolean>();

function isSecretKey(key: string): boolean {
  const judged = judgedKeys.get(key);
  if (judged !== undefined) return judged;
  const last = key.slice(key.lastIndexOf('.') + 1);
  const isSecret = SECRET_KEYS.has(last.replaceAll(/[-_\s]/g, '').toLowerCase());
  if (key.length <= MAX_JUDGED_LENGTH && judgedKeys.size < MAX_JUDGED_KEYS) {
    judgedKeys.set(key, isSecret);
  }
  return isSecret;
}

/** Made by a literal, in whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const className = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'object';
};
