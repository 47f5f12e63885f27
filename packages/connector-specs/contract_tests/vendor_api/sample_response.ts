import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';

/**
 * Kind of the created value. `minimal`: required fields only, `null` where the schema permits it,
 * empty lists. `full`: all fields, lists of one item. `variant` selects among alternatives.
 */
export interface Sample {
  readonly size: 'minimal' | 'full';
  readonly variant: number;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (schema: JsonSchema): string =>
  'a'.repeat(Math.max(1, Number(schema['minLength'] ?? 1)));

/** Creates a value that the schema permits. */
export function sampleOf(schema: unknown, sample: Sample): unknown {
  if (!isRecord(schema)) return 'a';
  if ('const' in schema) return schema['const'];
  const all = list(schema['allOf']);
  if (all.length > 0) return mergedSample(schema, all, sample);
  const options = [...list(schema['anyOf']), ...list(schema['oneOf'])];
  if (options.length > 0) return sampleOf(options[sample.variant % options.length], sample);
  const values = list(schema['enum']);
  if (values.length > 0) return values[sample.variant % values.length];
  const types = [schema['type']].flat();
  const usable = types.filter((type) => type !== 'null');
  const isNull = sample.size === 'minimal' || usable.length === 0;
  if (isNull && types.includes('null')) return null;
  return ofType(usable[sample.variant % usable.length] ?? 'object', schema, sample);
}

function ofType(type: unknown, schema: JsonSchema, sample: Sample): unknown {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 1);
    case 'boolean':
      return true;
    case 'array': {
      const minItems = Number(schema['minItems'] ?? 0);
      const length = Math.max(minItems, sample.size === 'minimal' ? 0 : 1);
      return Array.from({ length }, () => sampleOf(schema['items'], sample));
    }
    case 'object':
      return objectSample(schema, sample);
    default:
      return null;
  }
}

function objectSample(schema: JsonSchema, sample: Sample): Record<string, unknown> {
  const required = list(schema['required']);
  const fields = isRecord(schema['properties']) ? Object.entries(schema['properties']) : [];
  const { additionalProperties: others } = schema;
  // A property whose name the vendor does not determine.
  const free: [string, unknown][] =
    isRecord(others) && sample.size === 'full' ? [['a', sampleOf(others, sample)]] : [];
  return Object.fromEntries([
    ...free,
    ...fields
      .filter(([name]) => sample.size === 'full' || required.includes(name))
      .map(([name, field]): [string, unknown] => [name, sampleOf(field, sample)]),
  ]);
}

/**
 * A value for all parts of `allOf`. The parts are objects whose members are combined, or describe
 * the same value.
 */
function mergedSample(schema: JsonSchema, parts: readonly unknown[], sample: Sample): unknown {
  const values = [objectSample(schema, sample), ...parts.map((part) => sampleOf(part, sample))];
  const other = values.find((value) => !isRecord(value));
  return other ?? Object.assign({}, ...values);
}
