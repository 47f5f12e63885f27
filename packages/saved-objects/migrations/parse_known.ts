import type { core, ZodType } from 'zod';

/** Each round takes out all unknown keys that it reaches; objects in unions may need another one. */
const MAX_ROUNDS = 5;

/** The part of a value that a schema knows, or the first thing in it that it cannot read. */
export type KnownPart<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly attribute: string };

/**
 * Parses what a newer build wrote: keys that the schema does not know are dropped, however deep they are and however strict
 * its objects. Anything else that does not fit is a failure.
 */
export function parseKnown<T>(schema: ZodType<T>, value: unknown): KnownPart<T> {
  let candidate = value;
  for (let round = 1; ; round += 1) {
    const result = schema.safeParse(candidate);
    if (result.success) return { success: true, data: result.data };
    const { issues } = result.error;
    const misfit = issues.find(({ code }) => code !== 'unrecognized_keys');
    if (misfit !== undefined || round === MAX_ROUNDS) {
      const [attribute] = (misfit ?? issues[0])?.path ?? [];
      return { success: false, attribute: String(attribute) };
    }
    candidate = issues.reduce(withoutUnknownKeys, candidate);
  }
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
  // fromEntries defines members, so one called `__proto__` is one like any other.
  return Object.fromEntries(
    step === undefined
      ? entries.filter(([name]) => !keys.includes(name))
      : entries.map(([name, item]) => [name, name === step ? withoutAt(item, rest, keys) : item]),
  );
}
