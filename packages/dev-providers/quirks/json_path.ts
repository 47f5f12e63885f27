import { isRecord } from '@latchkey/oauth-providers';

/**
 * Returns JSON with values at dotted paths, where `*` is an array with one element.
 * @param values by path. Paths that begin with `*` cannot be combined with others
 */
export function jsonWith(values: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(values).reduce<unknown>(
    (root, [path, value]) => merged(root, nested(path.split('.'), value)),
    {},
  );
}

function nested([step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  return step === '*' ? [nested(rest, value)] : { [step]: nested(rest, value) };
}

function merged(one: unknown, other: unknown): unknown {
  if (!isRecord(one) || !isRecord(other)) return other;
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    result[key] = key in result ? merged(result[key], value) : value;
  }
  return result;
}
