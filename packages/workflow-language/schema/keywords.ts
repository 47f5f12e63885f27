import { isRecord } from '../values/read_path.ts';

/** Keywords whose value is one schema. */
export const WITH_SCHEMA = [
  'additionalProperties',
  'items',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Keywords whose value is a list of schemas. */
export const WITH_SCHEMA_LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

/** Keywords whose value is an object of schemas. */
export const WITH_NAMED_SCHEMAS = ['properties', 'dependentSchemas', '$defs', 'definitions'];

/** Keywords that are copied without changes, each with a check of its value. */
export const COPIED: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => [value].flat().every((each) => TYPES.has(String(each))),
  enum: (value) => Array.isArray(value),
  const: () => true,
  required: (value) => isTexts(value),
  format: (value) => FORMATS.has(String(value)),
  multipleOf: (value) => typeof value === 'number' && value > 0,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isNumber,
  maxLength: isNumber,
  minItems: isNumber,
  maxItems: isNumber,
  minProperties: isNumber,
  maxProperties: isNumber,
  minContains: isNumber,
  maxContains: isNumber,
  dependentRequired: (value) => isRecord(value) && Object.values(value).every(isTexts),
};

/** Keywords that have no effect on what a schema accepts here. */
const ANNOTATIONS = [
  '$anchor',
  '$comment',
  '$dynamicAnchor',
  '$dynamicRef',
  '$id',
  '$ref',
  '$schema',
  '$vocabulary',
  'additionalItems',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'default',
  'dependencies',
  'deprecated',
  'description',
  'example',
  'examples',
  'nullable',
  'patternProperties',
  'readOnly',
  'title',
  'writeOnly',
];

/** Maximum length of a pattern that is compiled to check it. */
export const MAX_PATTERN_LENGTH = 10_000;

/** Keywords that are checked but not copied, each with the check of its value. */
export const CHECKED: Readonly<Record<string, (value: unknown) => boolean>> = {
  // Valid as JSON Schema defines patterns (Unicode), or else without Unicode.
  pattern: (value) =>
    typeof value === 'string' && ['u', ''].some((flags) => isRegExp(value, flags)),
  uniqueItems: (value) => typeof value === 'boolean',
};

/**
 * Returns `true` if a text is a regular expression with these flags. A very long text is not
 * compiled and counts as one.
 */
export function isRegExp(pattern: string, flags = ''): boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) return true;
  try {
    return new RegExp(pattern, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

const FORMATS = new Set([
  'date-time',
  'date',
  'time',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'uri-template',
  'json-pointer',
  'relative-json-pointer',
  'uuid',
  // Formats that authors use and that are accepted without a comparison.
  'idn-email',
  'idn-hostname',
  'iri',
  'iri-reference',
  'regex',
]);

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** Names of all keywords. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...WITH_SCHEMA,
  ...WITH_SCHEMA_LIST,
  ...WITH_NAMED_SCHEMAS,
  ...Object.keys(COPIED),
  ...Object.keys(CHECKED),
  ...ANNOTATIONS,
]);
