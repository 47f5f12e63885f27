import { type core, type ZodType, z } from 'zod';
import type { TypeModel } from './type_model.ts';

/**
 * Maximum rounds. Each round removes all unknown keys that zod reports; objects in unions may need
 * several rounds.
 */
const MAX_ROUNDS = 5;

/** The part of a value that a schema knows, or the first attribute that the schema refuses. */
export type KnownPart<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly attribute: string };

/**
 * Parses a value that a newer build wrote. Keys that the schema does not know are dropped at every
 * depth, even where the schema is strict. Any other mismatch is a failure.
 */
export function parseKnown<T>(schema: ZodType<T>, value: unknown): KnownPart<T> {
  let candidate = value;
  for (let round = 1; ; round += 1) {
    const result = schema.safeParse(candidate);
    if (result.success) return { success: true, data: result.data };
    const { issues } = result.error;
    const mismatch = issues.find(({ code }) => code !== 'unrecognized_keys');
    if (mismatch !== undefined || round === MAX_ROUNDS) {
      const [attribute] = (mismatch ?? issues[0])?.path ?? [];
      return { success: false, attribute: String(attribute) };
    }
    candidate = issues.reduce(withoutUnknownKeys, candidate);
  }
}

/**
 * Returns the part of a stored attribute value that the create schema knows. A value that the
 * schema rejects is returned unchanged.
 */
export function knownPart({ create }: TypeModel, name: string, stored: unknown): unknown {
  const schema = Object.hasOwn(create.shape, name) ? create.shape[name] : undefined;
  if (schema === undefined || stored === undefined) return stored;
  const known = parseKnown(z.object({ value: schema }), { value: stored });
  return known.success ? known.data.value : stored;
}

function withoutUnknownKeys(value: unknown, issue: core.$ZodIssue): unknown {
  return issue.code === 'unrecognized_keys' ? withoutAt(value, issue.path, issue.keys) : value;
}

function withoutAt(
  value: unknown,
  [step, ...rest]: readonly PropertyKey[],
  keys: readonly string[],
): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => (i === step ? withoutAt(item, rest, keys) : item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  // `fromEntries` defines own properties, so a key named `__proto__` has no special effect.
  return Object.fromEntries(
    step === undefined
      ? entries.filter(([name]) => !keys.includes(name))
      : entries.map(([name, item]) => [name, name === step ? withoutAt(item, rest, keys) : item]),
  );
}
