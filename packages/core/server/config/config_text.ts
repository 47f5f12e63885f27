import { parse } from 'yaml';
import { type ConfigShape, kindOf, type ValueKind } from './config_shape.ts';

/** Text whose type is not known yet: a value from the command line or the environment. */
export class ConfigText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}/g;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value, or the name of a required environment variable that is not set. */
export type Read = { readonly value: unknown } | { readonly missing: string };

/**
 * Resolves `${NAME}` and `${NAME:default}` in strings at any depth. Converts text to the type that
 * the shape requires: `5601` is a number for `server.port` and a string for a password.
 */
export function readText(
  value: unknown,
  shape: ConfigShape | undefined,
  environment: Environment,
): Read {
  if (value instanceof ConfigText) return { value: interpret(value.text, shape) };
  if (typeof value !== 'string') return substituteDeep(value, environment);
  const resolved = substitute(value, environment);
  if ('missing' in resolved || resolved.value === value) return resolved;
  return { value: interpret(String(resolved.value), shape) };
}

/** Resolves references inside arrays and objects. The results are strings, whatever their text. */
export function substituteDeep(value: unknown, environment: Environment): Read {
  if (value instanceof ConfigText) return { value: value.text };
  if (typeof value === 'string') return substitute(value, environment);
  const isContainer = Array.isArray(value) || kindOf(value) === 'object';
  if (!isContainer || !isPlain(value)) return { value };
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value as object)) {
    const read = substituteDeep(inner, environment);
    if ('missing' in read) return read;
    entries.push([key, read.value]);
  }
  return {
    value: Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries),
  };
}

function substitute(text: string, environment: Environment): Read {
  let missing: string | undefined;
  const value = text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const found = environment[name] ?? fallback;
    if (found === undefined) missing ??= name;
    return found ?? '';
  });
  return missing === undefined ? { value } : { missing };
}

/**
 * Converts text to another accepted kind if it is written like one. Otherwise it stays a string.
 */
function interpret(text: string, shape: ConfigShape | undefined): unknown {
  const kinds = kindsOf(shape);
  if (kinds.size === 1 && kinds.has('string')) return text;
  const read = parseScalar(text);
  return read !== undefined && kinds.has(kindOf(read)) ? read : text;
}

function parseScalar(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // The text is not valid YAML, so it can only be a string. The schema decides if that is
    // accepted.
    return undefined;
  }
}

function kindsOf(shape: ConfigShape | undefined): ReadonlySet<ValueKind> {
  if (shape === undefined) return new Set(['string']);
  if (shape.type === 'leaf') return shape.kinds;
  return new Set([shape.type === 'array' ? 'array' : 'object']);
}

/** Returns `true` if a value is an array or an object literal, of any realm. */
function isPlain(value: unknown): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
