import { isRecord } from '@latchkey/oauth-providers';
import type { ZodType } from 'zod';
import { type JsonSchema, toJsonSchema } from '../schema/index.ts';

type Size = 'minimal' | 'full' | 'upper';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const number = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback;

/** Longest generated text. Longer ones test nothing more, and take long. */
const MAX_LENGTH = 65_536;
/** A pattern that only states how a text starts. */
const LITERAL_START = /^\^((?:[\w/ -]|\\[/.-])+)\.\*$/;

const generateString = (schema: JsonSchema, size: Size): string => {
  if (schema['format'] === 'date') return '2026-01-02';
  if (schema['format'] === 'date-time') return '2026-01-02T03:04:05Z';
  const [example] = list(schema['examples']);
  if (typeof example === 'string') return example;
  if (schema['format'] === 'uri') return 'https://service.test/x';
  if (schema['contentMediaType'] === 'application/json') return '{"a":{"b":[1]}}';
  const minLength = Math.max(1, number(schema['minLength'], 1));
  const maxLength = Math.min(number(schema['maxLength'], 1_024), MAX_LENGTH);
  const length = size === 'upper' ? maxLength : minLength;
  // Base64 has groups of four characters.
  if (schema['contentEncoding'] === 'base64') return 'YWFh'.repeat(Math.max(1, length >> 2));
  const start =
    LITERAL_START.exec(String(schema['pattern'] ?? ''))?.[1]?.replaceAll('\\', '') ?? '';
  return start + 'a'.repeat(Math.max(1, length - start.length));
};

/** Tells if a field has a condition that JSON Schema cannot express. */
const isConditionallyRequired = (schema: unknown): boolean =>
  isRecord(schema) && 'requiredUnless' in schema;

const generateObject = (schema: JsonSchema, size: Size): Record<string, unknown> => {
  // Of alternatives, the first one: `anyOf: [{ required: ['title'] }, …]`.
  const [alternative] = list(schema['anyOf']);
  const required = new Set([
    ...list(schema['required']),
    ...(isRecord(alternative) ? list(alternative['required']) : []),
  ]);
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const named = Object.entries(properties).filter(
    ([key, value]) => size !== 'minimal' || required.has(key) || isConditionallyRequired(value),
  );
  const { additionalProperties } = schema;
  const names = new Set(named.map(([key]) => key));
  // Two inputs exclude each other: `not: { required: [a, b] }`. Only the first is generated.
  for (const rule of list(schema['allOf'])) {
    const [one, other] =
      isRecord(rule) && isRecord(rule['not']) ? list(rule['not']['required']) : [];
    if (names.has(String(one))) names.delete(String(other));
  }
  return Object.fromEntries([
    ...named
      .filter(([key]) => names.has(key))
      .map(([key, value]) => [key, generate(value, size)] as const),
    ...(isRecord(additionalProperties) && size !== 'minimal'
      ? [['a', generate(additionalProperties, size)] as const]
      : []),
  ]);
};

/** A value that a JSON Schema accepts, of min or max size. */
const generate = (schema: unknown, size: Size): unknown => {
  if (!isRecord(schema)) return 'a';
  if ('const' in schema) return schema['const'];
  const options = list(schema['enum']);
  if (options.length > 0) return options[0];
  const variants = [...list(schema['anyOf']), ...list(schema['oneOf'])];
  if (variants.length > 0 && schema['type'] !== 'object') return generate(variants[0], size);
  switch (schema['type']) {
    case 'string':
      return generateString(schema, size);
    case 'integer':
    case 'number':
      return size === 'upper' ? number(schema['maximum'], 1_000) : number(schema['minimum'], 1);
    case 'boolean':
      return true;
    case 'array': {
      const highest = Math.min(number(schema['maxItems'], 10), 100);
      const length = size === 'upper' ? highest : Math.max(1, number(schema['minItems'], 1));
      return Array.from({ length }, () => generate(schema['items'], size));
    }
    case 'object':
      return generateObject(schema, size);
    default:
      return 'a';
  }
};

/** One input per value of each top-level enum, everything else minimal. */
const enumInputs = (schema: JsonSchema): unknown[] => {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const minimal = generateObject(schema, 'minimal');
  return Object.entries(properties).flatMap(([key, property]) =>
    list(isRecord(property) ? property['enum'] : []).map((value) => ({ ...minimal, [key]: value })),
  );
};

/** The smallest, a full and the largest input that a schema accepts, and one per enum value. */
export const generateInputs = (schema: ZodType): readonly unknown[] => {
  const json = toJsonSchema(schema);
  return [
    generate(json, 'minimal'),
    generate(json, 'full'),
    generate(json, 'upper'),
    ...enumInputs(json),
  ];
};

/** Characters that a request must encode. */
const SPECIAL = 'a/b ?c&d=e#%é';

const withSpecialTexts = (schema: JsonSchema, value: unknown): unknown => {
  const { properties } = schema;
  if (!isRecord(properties) || !isRecord(value)) return value;
  const isText = (field: unknown) =>
    isRecord(field) &&
    field['type'] === 'string' &&
    field['pattern'] === undefined &&
    field['format'] === undefined &&
    field['examples'] === undefined &&
    field['enum'] === undefined &&
    field['contentMediaType'] === undefined &&
    number(field['maxLength'], SPECIAL.length) >= SPECIAL.length;
  const special = (field: unknown, one: unknown): unknown => {
    if (isText(field)) return SPECIAL;
    // Lists of texts are often ids, each of which is sent in a path.
    return isRecord(field) && isText(field['items']) && Array.isArray(one)
      ? one.map(() => SPECIAL)
      : one;
  };
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, special(properties[key], one)]),
  );
};

/**
 * A full and the smallest input whose texts have characters that a request must encode. A handler
 * may call other operations for each of them.
 */
export const generateSpecial = (schema: ZodType): readonly unknown[] => {
  const json = toJsonSchema(schema);
  return [generate(json, 'full'), generate(json, 'minimal')].map((input) =>
    withSpecialTexts(json, input),
  );
};

/** The smallest value that a schema accepts. */
export const generateMinimal = (schema: ZodType): unknown =>
  generate(toJsonSchema(schema), 'minimal');

const MAXIMUMS = ['maximum', 'maxLength', 'maxItems'];
/** A maximum in a description, which is not a number of bytes. */
const STATED = /\b(?:max|at most|up to) (\d[\d,]*)\b(?! ?(?:MB|MiB))/gi;

/** Fields whose description states another maximum than the schema has. */
export const wrongMaximums = (schema: unknown, path = ''): string[] => {
  if (Array.isArray(schema)) return schema.flatMap((part) => wrongMaximums(part, path));
  if (!isRecord(schema)) return [];
  const { description, type }: JsonSchema = schema;
  const stated = typeof description === 'string' ? [...description.matchAll(STATED)] : [];
  const applied = MAXIMUMS.map((name) => schema[name]);
  // JSON Schema generated from zod has no maximum of the names of an object.
  const wrong = stated.filter(
    ([, value = '']) => type !== 'object' && !applied.includes(Number(value.replaceAll(',', ''))),
  );
  return [
    ...wrong.map(([text]) => `${path}: ${text}`),
    ...Object.entries(schema).flatMap(([key, part]) => wrongMaximums(part, `${path}/${key}`)),
  ];
};

/** Paths of strings without `maxLength` and arrays without `maxItems`. */
export const unboundedPaths = (schema: unknown, path = ''): string[] => {
  if (Array.isArray(schema)) {
    return schema.flatMap((part, index) => unboundedPaths(part, `${path}/${index}`));
  }
  if (!isRecord(schema)) return [];
  const isFixed = 'const' in schema || 'enum' in schema;
  const isUnbounded =
    (schema['type'] === 'string' && !isFixed && !('maxLength' in schema)) ||
    (schema['type'] === 'array' && !('maxItems' in schema));
  return [
    ...(isUnbounded ? [path] : []),
    ...Object.entries(schema).flatMap(([key, value]) => unboundedPaths(value, `${path}/${key}`)),
  ];
};
