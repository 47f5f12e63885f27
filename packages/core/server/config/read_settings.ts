import { entriesOf, repeatsKey } from './config_entries.ts';
import type { ConfigProblem } from './config_error.ts';
import { type ConfigBranch, type ConfigNode, firstLeaf, toPlain } from './config_node.ts';
import { type ConfigShape, kindOf } from './config_shape.ts';
import {
  ConfigText,
  type Environment,
  type Read,
  readText,
  substituteDeep,
} from './config_text.ts';

/** Options for reading one source, with the callbacks that report problems. */
export interface Reading {
  /** Name of the source in messages, for example `config/kibana.yml`. */
  readonly source: string;
  readonly environment: Environment;
  readonly problems: ConfigProblem[];
  /** Called with the complete path of an unknown key and its value. */
  readonly unknownKey: (path: string, source: string, value: unknown) => void;
}

/** Position of the reader: the branch, its shape and the keys that lead to it. */
interface Position {
  readonly branch: ConfigBranch;
  readonly shape: ConfigShape;
  readonly path: string;
  /** Parts of the key as the source spells them, for messages. */
  readonly spelling: readonly string[];
}

/** Keys that would change JavaScript prototypes. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads the settings of one source, dotted or nested, into a tree. A dotted key is split only where
 * the shape has objects, so that the keys of a record keep their dots.
 */
export function readSettings(
  shape: ConfigShape,
  settings: unknown,
  reading: Reading,
): ConfigBranch {
  const branch: ConfigBranch = new Map();
  if (settings === undefined || settings === null) return branch;
  if (kindOf(settings) === 'object') {
    readObject(settings, { branch, shape, path: '', spelling: [] }, reading);
  } else {
    const message = `${reading.source}: expected keys and values, got ${kindOf(settings)}`;
    reading.problems.push({ path: undefined, message });
  }
  return branch;
}

function readObject(settings: object, at: Position, reading: Reading): void {
  for (const [key, value] of entriesOf(settings)) {
    const here = { ...at, spelling: [...at.spelling, key] };
    if (key.split('.').some((segment) => FORBIDDEN_KEYS.has(segment))) {
      report(`this key is not allowed`, key, here, reading);
    } else if (at.shape.type === 'record') {
      readValue(key, value, at.shape.value, here, reading);
    } else {
      readKey(key, value, here, reading);
    }
  }
}

/** Reads one key of an object, which may contain dots, as deep as the shape has objects. */
function readKey(key: string, value: unknown, at: Position, reading: Reading): void {
  const { shape } = at;
  if (shape.type === 'record') {
    readRecordRest(key, value, shape.value, at, reading);
    return;
  }
  if (shape.type !== 'object') return;
  const known = shape.keys.get(key);
  const dot = key.indexOf('.');
  const head = dot < 0 ? key : key.slice(0, dot);
  const inner = shape.keys.get(head);
  if (known !== undefined) {
    readValue(key, value, known, at, reading);
  } else if (inner?.type === 'object' || inner?.type === 'record') {
    const deeper = descend(head, inner, at, reading);
    if (deeper !== undefined) readKey(key.slice(dot + 1), value, deeper, reading);
  } else if (shape.isStrict) {
    reading.unknownKey(join(at.path, key), reading.source, value);
  } else {
    putValue(key, value, undefined, at, reading);
  }
}

/**
 * Reads the rest of a dotted key that leads into a record. If the record has plain values, the
 * whole rest is its key. If it has objects, only the first part is; then a key that contains dots
 * itself must be written nested.
 */
function readRecordRest(
  rest: string,
  value: unknown,
  shape: ConfigShape,
  at: Position,
  reading: Reading,
): void {
  const dot = shape.type === 'object' ? rest.indexOf('.') : -1;
  if (dot < 0) {
    readValue(rest, value, shape, at, reading);
    return;
  }
  const deeper = descend(rest.slice(0, dot), shape, at, reading);
  if (deeper !== undefined) readKey(rest.slice(dot + 1), value, deeper, reading);
}

function readValue(
  key: string,
  value: unknown,
  shape: ConfigShape,
  at: Position,
  reading: Reading,
): void {
  if (shape.type === 'object' || shape.type === 'record') {
    const isText = typeof value === 'string' || value instanceof ConfigText;
    const read = isText ? readText(value, shape, reading.environment) : { value };
    if ('value' in read && (read.value === null || kindOf(read.value) === 'object')) {
      const deeper = descend(key, shape, at, reading);
      if (deeper !== undefined) readObject(read.value ?? {}, deeper, reading);
      return;
    }
  }
  putValue(key, value, shape, at, reading);
}

/**
 * Returns the branch of a key, which is created if it does not exist. `undefined`: the key already
 * has a value; this problem was reported.
 */
function descend(
  key: string,
  shape: ConfigShape,
  at: Position,
  reading: Reading,
): Position | undefined {
  const before = at.branch.get(key);
  if (before !== undefined && !(before instanceof Map)) {
    reportConflict(before, key, at, reading);
    return undefined;
  }
  const branch = before ?? new Map<string, ConfigNode>();
  at.branch.set(key, branch);
  return { branch, shape, path: join(at.path, key), spelling: at.spelling };
}

function putValue(
  key: string,
  value: unknown,
  shape: ConfigShape | undefined,
  at: Position,
  reading: Reading,
): void {
  const read = resolve(value, shape, join(at.path, key), reading);
  const before = at.branch.get(key);
  if ('missing' in read) {
    report(`the environment variable ${read.missing} is not set`, key, at, reading);
  } else if (repeatsKey(read.value)) {
    report('contains a key that is given twice', key, at, reading);
  } else if (holdsForbiddenKey(read.value)) {
    report('contains a key that is not allowed', key, at, reading);
  } else if (before !== undefined && !isSame(before, read.value)) {
    reportConflict(before, key, at, reading);
  } else {
    const spelling = spell(at.spelling);
    at.branch.set(key, { value: read.value, source: reading.source, spelling });
  }
}

/** Resolves a value. It also reads dotted keys in the elements of an array of objects. */
function resolve(
  value: unknown,
  shape: ConfigShape | undefined,
  path: string,
  reading: Reading,
): Read {
  if (!Array.isArray(value) || shape?.type !== 'array' || shape.element.type !== 'object') {
    return readText(value, shape, reading.environment);
  }
  const items: unknown[] = [];
  for (const [index, item] of value.entries()) {
    if (kindOf(item) === 'object') {
      const branch: ConfigBranch = new Map();
      const at = { branch, shape: shape.element, path: `${path}.${index}`, spelling: [] };
      readObject(item, at, reading);
      items.push(toPlain(branch));
    } else {
      const read = substituteDeep(item, reading.environment);
      if ('missing' in read) return read;
      items.push(read.value);
    }
  }
  return { value: items };
}

function report(message: string, key: string, at: Position, reading: Reading): void {
  reading.problems.push({ path: join(at.path, key), message: `${message} (${reading.source})` });
}

function reportConflict(before: ConfigNode, key: string, at: Position, reading: Reading): void {
  const first = firstLeaf(before)?.spelling ?? spell([key]);
  report(`given twice, as ${first} and as ${spell(at.spelling)}`, key, at, reading);
}

const spell = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(' > ');

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const isSame = (before: ConfigNode, value: unknown): boolean =>
  !(before instanceof Map) && JSON.stringify(before.value) === JSON.stringify(value);

function holdsForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => FORBIDDEN_KEYS.has(key) || holdsForbiddenKey(inner),
  );
}
