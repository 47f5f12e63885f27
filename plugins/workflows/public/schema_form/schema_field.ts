import { isRecord, type JsonSchema } from '@latchkey/workflow-language';

/** Type of the items of a list that the user enters one item per line. */
export type ListItems = 'text' | 'number' | 'boolean';

/** A property of a JSON Schema as a field of a form. */
export interface SchemaField {
  readonly name: string;
  /** Title of the property; without a title, its name. */
  readonly label: string;
  /** Description in the schema. `undefined`: the schema has none. */
  readonly description: string | undefined;
  /**
   * Kind of input. `json`: the user enters the value as JSON. `any`: a text that is not JSON is
   * the value itself.
   */
  readonly kind:
    | 'text'
    | 'long_text'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'list'
    | 'json'
    | 'any';
  /** `true`: the user must enter a value, because the property is required and has no default. */
  readonly isRequired: boolean;
  /** Values that a `choice` offers. */
  readonly options: readonly unknown[];
  /** Type of the items of a `list`. */
  readonly items: ListItems;
  /** Value that the server uses if the field stays empty. `undefined`: none. May be a template. */
  readonly defaultValue: unknown;
}

/** Maximum length of a text that gets a field with one line. */
const LONG_TEXT = 200;

/** Creates fields for the properties of a schema, in the order of the schema. */
export function schemaFields(schema: JsonSchema): readonly SchemaField[] {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: ReadonlySet<unknown> = new Set(
    Array.isArray(schema['required']) ? schema['required'] : [],
  );
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, isRecord(property) ? property : {}, required.has(name)),
  );
}

function fieldOf(name: string, property: JsonSchema, isNamedRequired: boolean): SchemaField {
  const { title, description, default: defaultValue, enum: options } = property;
  return {
    name,
    label: typeof title === 'string' && title !== '' ? title : name,
    description: typeof description === 'string' && description !== '' ? description : undefined,
    kind: kindOf(property),
    isRequired: isNamedRequired && defaultValue === undefined,
    options: Array.isArray(options) ? options : [],
    items: itemsOf(property),
    defaultValue,
  };
}

function kindOf(property: JsonSchema): SchemaField['kind'] {
  const { enum: options, maxLength, default: defaultValue } = property;
  if (Array.isArray(options) && options.length > 0) return 'choice';
  if (acceptsAny(property)) return 'any';
  switch (typeOf(property)) {
    case 'string': {
      const isLong = typeof maxLength === 'number' && maxLength > LONG_TEXT;
      const hasLines = typeof defaultValue === 'string' && defaultValue.includes('\n');
      return isLong || hasLines ? 'long_text' : 'text';
    }
    case 'number':
      return 'number';
    case 'integer':
      return 'integer';
    case 'boolean':
      return 'boolean';
    case 'array':
      return hasPlainItems(property) ? 'list' : 'json';
    default:
      return 'json';
  }
}

/** Types of a value that may be anything. */
const ALL_TYPES = ['string', 'number', 'boolean', 'object', 'array', 'null'];

/** Schema of a value of any type, which is entered as a text or as JSON. */
export const ANY_VALUE: JsonSchema = { type: ALL_TYPES };

function acceptsAny({ type }: JsonSchema): boolean {
  return Array.isArray(type) && ALL_TYPES.every((each) => type.includes(each));
}

/** The first type of a schema that is not `null`. */
function typeOf({ type }: JsonSchema): unknown {
  return [type].flat().find((each) => each !== 'null');
}

/**
 * Returns `true` if items can be entered one per line. Items of unknown type count as texts: inputs
 * that are declared as an array do not name the type of the items.
 */
function hasPlainItems({ items, prefixItems }: JsonSchema): boolean {
  if (prefixItems !== undefined || Array.isArray(items)) return false;
  if (!isRecord(items)) return true;
  return ['string', 'number', 'integer', 'boolean'].includes(String(typeOf(items)));
}

function itemsOf({ items, default: defaultValue }: JsonSchema): ListItems {
  const example: unknown = Array.isArray(defaultValue) ? defaultValue[0] : undefined;
  const type = isRecord(items) ? String(typeOf(items)) : typeof example;
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'boolean' : 'text';
}
