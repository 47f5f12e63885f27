import { isRecord } from '@latchkey/workflow-language';

/** Types that are accepted when a response has no schema. */
const ANY_TYPES: readonly unknown[] = ['string', 'object', 'array'];

/**
 * Types in the JSON Schema of a response. A schema that names none accepts all of {@link
 * ANY_TYPES}.
 */
export function responseTypes(schema: unknown): readonly unknown[] {
  const type = isRecord(schema) ? schema['type'] : undefined;
  return type === undefined ? ANY_TYPES : [type].flat();
}

/**
 * Reads a response that the user entered as text: as JSON if the JSON value has one of the types,
 * otherwise as the text itself. `undefined`: the text has none of the types.
 * @param types types of JSON Schema
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

/**
 * Returns `true` if a JSON value has a type. The type `string` never matches, because users enter
 * strings without quotes.
 */
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
