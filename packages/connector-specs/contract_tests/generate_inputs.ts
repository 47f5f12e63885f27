import { isRecord } from '@latchkey/oauth-providers';
import type { ZodType } from 'zod';
import { type JsonSchema, toJsonSchema } from '../schema/index.ts';

type Size = 'minimal' | 'full' | 'upper';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const number = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback;

/** Maximum length of a generated text. Longer texts would test nothing more, and take long. */
const MAX_LENGTH = 65_536;
/** A pattern that requires only a prefix of a text. */
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
  // Base64 consists of groups of four characters.
  if (schema['contentEncoding'] === 'base64') return 'YWFh'.repeat(Math.max(1, length >> 2));
  const start =
    LITERAL_START.exec(String(schema['pattern'] ?? ''))?.[1]?.replaceAll('\\', '') ?? '';
  return start + 'a'.repeat(Math.max(1, length - start.length));
};

/** Returns `true` if a field has a condition that JSON Schema cannot express. */
const isConditionallyRequired = (schema: unknown): boolean =>
  isRecord(schema) && 'requiredUnless' in schema;

/** Pairs of fields that exclude each other: `allOf: [{ not: { required: [a, b] } }]`. */
const exclusivePairs = (schema: JsonSchema): readonly (readonly [string, string])[] =>
  list(schema['allOf']).flatMap((rule) => {
    const pair = isRecord(rule) && isRecord(rule['not']) ? list(rule['not']['required']) : [];
    return pair.length === 2 ? [[String(pair[0]), String(pair[1])] as const] : [];
  });

/** Names of fields of which one suffices: `anyOf: [{ required: ['title'] }, …]`. */
const alternativeFields = (schema: JsonSchema): readonly string[] =>
  list(schema['anyOf']).flatMap((part) =>
    isRecord(part) && part['properties'] === undefined ? list(part['required']).map(String) : [],
  );

const propertiesOf = ({ properties }: JsonSchema): JsonSchema =>
  isRecord(properties) ? properties : {};

/** An object with some fields, without those that exclude an earlier one. */
const objectOf = (
  schema: JsonSchema,
  { names, size }: { readonly names: Iterable<string>; readonly size: Size },
): Record<string, unknown> => {
  const kept = new Set(names);
  for (const pair of exclusivePairs(schema)) {
    const [, later] = [...kept].filter((name) => pair.includes(name));
    if (later !== undefined) kept.delete(later);
  }
  const properties = Object.entries(propertiesOf(schema)).filter(([name]) => kept.has(name));
  const { additionalProperties } = schema;
  return Object.fromEntries([
    ...properties.map(([name, field]) => [name, generate(field, size)] as const),
    ...(isRecord(additionalProperties) && size !== 'minimal'
      ? [['a', generate(additionalProperties, size)] as const]
      : []),
  ]);
};

const requiredNames = (schema: JsonSchema): readonly string[] =>
  Object.entries(propertiesOf(schema))
    .filter(
      ([name, field]) => list(schema['required']).includes(name) || isConditionallyRequired(field),
    )
    .map(([name]) => name);

const generateObject = (schema: JsonSchema, size: Size): Record<string, unknown> => {
  const names =
    size === 'minimal'
      ? [...requiredNames(schema), ...alternativeFields(schema).slice(0, 1)]
      : Object.keys(propertiesOf(schema));
  return objectOf(schema, { names, size });
};

/** The variants of a union. Empty: the schema is none. */
const variantsOf = (schema: JsonSchema): readonly unknown[] => {
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => ({ ...schema, type: one }));
  return type === 'object' ? [] : [...list(schema['anyOf']), ...list(schema['oneOf'])];
};

/** A value that a JSON Schema accepts, of the smallest or the largest size. */
const generate = (schema: unknown, size: Size): unknown => {
  if (!isRecord(schema)) return 'a';
  if ('const' in schema) return schema['const'];
  const options = list(schema['enum']);
  if (options.length > 0) return options[0];
  const variants = variantsOf(schema);
  if (variants.length > 0) return generate(variants[0], size);
  switch (schema['type']) {
    case 'string':
      return generateString(schema, size);
    case 'integer':
    case 'number':
      return size === 'upper' ? number(schema['maximum'], 1_000) : number(schema['minimum'], 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
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

/**
 * One value per choice at any depth of a schema: each value of an enum, each variant of a union,
 * each field of those of which one suffices or that exclude each other, and an empty list where it
 * is permitted. The rest is minimal.
 */
const choicesOf = (schema: unknown): readonly unknown[] => {
  if (!isRecord(schema)) return [];
  const options = list(schema['enum']);
  if (options.length > 0) return options;
  const variants = variantsOf(schema);
  if (variants.length > 0) {
    return variants.flatMap((variant) => [
      generate(variant, 'minimal'),
      generate(variant, 'full'),
      ...choicesOf(variant),
    ]);
  }
  if (schema['type'] === 'array') {
    const empty = number(schema['minItems'], 0) === 0 ? [[]] : [];
    return [...empty, ...choicesOf(schema['items']).map((item) => [item])];
  }
  if (schema['type'] !== 'object') return [];
  return choicesOfObject(schema);
};

const choicesOfObject = (schema: JsonSchema): readonly unknown[] => {
  const required = requiredNames(schema);
  const all = Object.keys(propertiesOf(schema));
  const alternatives = alternativeFields(schema);
  /** The smallest object that has a field. */
  const around = (name: string) => {
    const isEnough = alternatives.length === 0 || alternatives.includes(name);
    const names = [name, ...required, ...(isEnough ? [] : alternatives.slice(0, 1))];
    return objectOf(schema, { names, size: 'minimal' });
  };
  const { additionalProperties } = schema;
  return [
    ...all.flatMap((name) =>
      choicesOf(propertiesOf(schema)[name]).map((value) => ({ ...around(name), [name]: value })),
    ),
    ...choicesOf(additionalProperties).map((value) => ({
      ...generateObject(schema, 'minimal'),
      a: value,
    })),
    ...alternatives.slice(1).map(around),
    ...exclusivePairs(schema).map(([, other]) =>
      objectOf(schema, { names: [other, ...all], size: 'full' }),
    ),
  ];
};

/** The smallest, a full and the largest input that a schema accepts, and one per choice in it. */
export const generateInputs = (schema: ZodType): readonly unknown[] => {
  const json = toJsonSchema(schema);
  return [
    generate(json, 'minimal'),
    generate(json, 'full'),
    generate(json, 'upper'),
    ...choicesOf(json),
  ];
};

/** Texts that a check of a format or of a length refuses. */
const INVALID = ['', 'nope', 'https://', '[', '%', '\ud800', 'a'.repeat(100_000)];

/** Objects with one field at a time whose texts are ones that most fields refuse. */
export const generateInvalid = (schema: ZodType): readonly unknown[] =>
  generateInputs(schema).flatMap((value) =>
    isRecord(value)
      ? Object.keys(value).flatMap((name) =>
          INVALID.map((text) => ({ ...value, [name]: withTexts(value[name], text) })),
        )
      : [],
  );

const withTexts = (value: unknown, text: string): unknown =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    typeof part === 'string' ? text : part,
  );

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
    // Texts in a list are often ids, each of which becomes part of a path.
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
 * may call different operations for the two inputs.
 */
export const generateSpecial = (schema: ZodType): readonly unknown[] => {
  const json = toJsonSchema(schema);
  const variants = variantsOf(json);
  return (variants.length === 0 ? [json] : variants.filter(isRecord)).flatMap((variant) =>
    [generate(variant, 'full'), generate(variant, 'minimal')].map((input) =>
      withSpecialTexts(variant, input),
    ),
  );
};

/** The smallest value that a schema accepts. */
export const generateMinimal = (schema: ZodType): unknown =>
  generate(toJsonSchema(schema), 'minimal');

const MAXIMUMS = ['maximum', 'maxLength', 'maxItems'];
/** A maximum that a description states. Numbers of bytes do not count. */
const STATED = /\b(?:max|at most|up to) (\d[\d,]*)\b(?! ?(?:MB|MiB))/gi;

/** Paths of fields whose description states a different maximum than the schema has. */
export const wrongMaximums = (schema: unknown, path = ''): string[] => {
  if (Array.isArray(schema)) return schema.flatMap((part) => wrongMaximums(part, path));
  if (!isRecord(schema)) return [];
  const { description, type }: JsonSchema = schema;
  const stated = typeof description === 'string' ? [...description.matchAll(STATED)] : [];
  const applied = MAXIMUMS.map((name) => schema[name]);
  // JSON Schema that zod generates has no maximum for the number of members of an object.
  const wrong = stated.filter(
    ([, value = '']) => type !== 'object' && !applied.includes(Number(value.replaceAll(',', ''))),
  );
  return [
    ...wrong.map(([text]) => `${path}: ${text}`),
    ...Object.entries(schema).flatMap(([key, part]) => wrongMaximums(part, `${path}/${key}`)),
  ];
};

/** Paths of required texts and lists that may be empty, so that a call says nothing. */
export const emptyPaths = (schema: unknown, path = ''): string[] => {
  if (Array.isArray(schema))
    return schema.flatMap((part, index) => emptyPaths(part, `${path}/${index}`));
  if (!isRecord(schema)) return [];
  const required = list(schema['required']);
  const alternatives = alternativeFields(schema);
  const own = Object.entries(propertiesOf(schema)).flatMap(([name, field]) => {
    if (!isRecord(field) || 'default' in field) return [];
    // A list of which one suffices must say something too.
    const isAlternative = field['type'] === 'array' && alternatives.includes(name);
    if (!required.includes(name) && !isAlternative) return [];
    const isFixed = ['const', 'enum', 'format', 'pattern'].some((key) => key in field);
    const isEmptyText = field['type'] === 'string' && !isFixed && !('minLength' in field);
    const isEmptyList = field['type'] === 'array' && !('minItems' in field);
    return isEmptyText || isEmptyList ? [`${path}/${name}`] : [];
  });
  return [
    ...own,
    ...Object.entries(schema).flatMap(([key, part]) => emptyPaths(part, `${path}/${key}`)),
  ];
};

/** Paths of whole numbers that may be negative. */
export const negativePaths = (schema: unknown, path = ''): string[] => {
  if (Array.isArray(schema))
    return schema.flatMap((part, index) => negativePaths(part, `${path}/${index}`));
  if (!isRecord(schema)) return [];
  const mayBeNegative =
    schema['type'] === 'integer' && !('const' in schema) && number(schema['minimum'], -1) < 0;
  return [
    ...(mayBeNegative ? [path] : []),
    ...Object.entries(schema).flatMap(([key, part]) => negativePaths(part, `${path}/${key}`)),
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
