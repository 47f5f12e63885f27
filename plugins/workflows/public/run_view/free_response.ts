import { isRecord } from '@latchkey/workflow-language';

/** Types of values that a response can have without a schema. */
const ANY_TYPES: readonly unknown[] = ['string', 'object', 'array'];

/** Types in the JSON Schema of a response. Those of a response without schema if it names none. */
export function responseTypes(schema: unknown): readonly unknown[] {
  const type = isRecord(schema) ? schema['type'] : undefined;
  return type === undefined ? ANY_TYPES : [type].flat();
}

/**
 * Value of a response that is entered as a text: JSON of one of the types, else the text itself.
 * `undefined`: it has none of the types.
 * @param types of JSON Schema
 */
export function freeResponse(
  text: string,
  types: readonly unknown[],
): { readonly value: unknown } | undefined {
  const json = parsed(text);
  if (json !== undefined && types.some((type) => hasType(json.value, type))) return json;
  return types.includes('string') ? { value: text } : undefined;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Texts are not written as JSON. */
function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'null':
      return value === null;
    default:
      return false;
  }
}
