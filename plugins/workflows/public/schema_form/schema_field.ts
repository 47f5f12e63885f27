import { isRecord, type JsonSchema } from '@latchkey/workflow-language';

/** Type of the items of a list that is written one item per line. */
export type ListItems = 'text' | 'number' | 'boolean';

/** A property of a JSON Schema as a field of a form. */
export interface SchemaField {
  readonly name: string;
  /** Title of the property, else its name. */
  readonly label: string;
  /** `undefined`: the schema has none. */
  readonly description: string | undefined;
  /** `json`: the value is written as JSON. */
  readonly kind:
    | 'text'
    | 'long_text'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'list'
    | 'json';
  /** `true`: the user must enter a value, because there is no default either. */
  readonly isRequired: boolean;
  /** Values of a `choice`. */
  readonly options: readonly unknown[];
  /** Items of a `list`. */
  readonly items: ListItems;
  /** Used by the server if the field stays empty. `undefined`: none. May be a template. */
  readonly defaultValue: unknown;
}

/** Texts that may be longer than this get a field with several lines. */
const LONG_TEXT = 200;

/** Fields of the properties of a schema, in its order. */
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

/** The type of a value, the first one that is not `null`. */
function typeOf({ type }: JsonSchema): unknown {
  return [type].flat().find((each) => each !== 'null');
}

/** Items of unknown type are texts: the array form of inputs does not name it. */
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
