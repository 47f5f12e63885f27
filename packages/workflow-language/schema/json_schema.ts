/** A JSON Schema of 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Options that a schema of any kind may have. */
interface Common {
  readonly description?: string;
  readonly default?: unknown;
}

/** Schema of a text. */
export const text = (
  options: Common & { minLength?: number; maxLength?: number; pattern?: string } = {},
): JsonSchema => ({
  type: 'string',
  ...options,
});

/** Schema of a whole number. */
export const integer = (
  options: Common & { minimum?: number; maximum?: number } = {},
): JsonSchema => ({
  type: 'integer',
  ...options,
});

/** Schema of a boolean. */
export const boolean = (options: Common = {}): JsonSchema => ({ type: 'boolean', ...options });

/** Schema of any value. */
export const anything = (options: Common = {}): JsonSchema => ({ ...options });

/** Schema of a value that equals one of the given values. */
export const oneOf = (
  values: readonly (string | number | boolean)[],
  options: Common = {},
): JsonSchema => ({
  enum: values,
  ...options,
});

/** Schema of a value that matches at least one of the schemas. */
export const either = (schemas: readonly JsonSchema[], options: Common = {}): JsonSchema => ({
  anyOf: schemas,
  ...options,
});

/** Schema of a list. */
export const list = (
  items: JsonSchema,
  options: Common & { minItems?: number; maxItems?: number } = {},
): JsonSchema => ({
  type: 'array',
  items,
  ...options,
});

/** Schema of an object with any keys. */
export const record = (
  values: JsonSchema = {},
  options: Common & { maxProperties?: number } = {},
): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
  ...options,
});

/** Schema of an object with known keys. A key whose name ends with `?` is optional. */
export function object(
  keys: Readonly<Record<string, JsonSchema>>,
  options: Common = {},
): JsonSchema {
  const names = Object.keys(keys);
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(keys).map(([name, schema]) => [name.replace(/\?$/, ''), schema]),
    ),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
    ...options,
  };
}

/** Schema of a duration such as `90s` or `1h30m`. */
export const duration = (options: Common = {}): JsonSchema => ({
  type: 'string',
  format: 'duration-text',
  ...options,
});

/** Schema of a byte size such as `10mb`. */
export const byteSize = (options: Common = {}): JsonSchema => ({
  type: 'string',
  format: 'byte-size',
  ...options,
});
