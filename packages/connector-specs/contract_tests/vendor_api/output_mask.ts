import { isRecord, pathSteps } from '@latchkey/oauth-providers';
import type { OperationRequest } from '../../operations/index.ts';
import { type JsonSchema, toJsonSchema } from '../../schema/index.ts';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The alternatives of a schema, or the schema itself. */
const alternatives = (schema: JsonSchema): readonly JsonSchema[] => {
  const parts = [...list(schema['anyOf']), ...list(schema['oneOf']), ...list(schema['allOf'])];
  return parts.length === 0 ? [schema] : [schema, ...parts.filter(isRecord).flatMap(alternatives)];
};

/** The fields of an object in all its alternatives. */
export const fieldsOf = (schema: JsonSchema): ReadonlyMap<string, readonly JsonSchema[]> => {
  const fields = new Map<string, JsonSchema[]>();
  for (const part of alternatives(schema)) {
    const { properties } = part;
    for (const [name, field] of isRecord(properties) ? Object.entries(properties) : []) {
      if (isRecord(field)) fields.set(name, [...(fields.get(name) ?? []), field]);
    }
  }
  return fields;
};

/** The schemas of the items of a list in all its alternatives. */
export const itemsOf = (schema: JsonSchema): readonly JsonSchema[] =>
  alternatives(schema)
    .map(({ items }) => items)
    .filter(isRecord);

/**
 * Puts a schema at a dotted path, where a number is the index in a list. With an empty path, the
 * result is the schema itself.
 */
const at = (path: string, schema: JsonSchema): JsonSchema =>
  path === ''
    ? schema
    : pathSteps(path).reduceRight<JsonSchema>(
        (inner, step) =>
          /^\d+$/.test(step)
            ? { type: 'array', items: inner }
            : { type: 'object', properties: { [step]: inner } },
        schema,
      );

/**
 * Schema of the parts of a response that an operation reads: the fields of its output, the items of
 * a list, and the next page. `undefined`: the response is not JSON.
 */
export function outputMaskOf(request: OperationRequest): JsonSchema | undefined {
  if (request.response !== 'json') return undefined;
  return at(request.resultPath, bodyMaskOf(request));
}

function bodyMaskOf({ item, pages }: OperationRequest): JsonSchema {
  const output = toJsonSchema(item);
  if (pages === undefined) return output;
  const paths = [
    pages.total,
    // Responses of tests have no next page that is a URL, because a generated text is not a URL of
    // the API.
    ...('path' in pages && pages.next !== 'url' ? [pages.path] : []),
    ...('hasMore' in pages ? [pages.hasMore] : []),
  ].filter((path) => path !== undefined);
  return {
    allOf: [
      at(pages.items, { type: 'array', items: output }),
      ...paths.map((path) => at(path, {})),
    ],
  };
}

/** Paths of the fields of a mask that the vendor's schema does not have. */
export function missingFields(schema: JsonSchema, mask: JsonSchema, path = ''): string[] {
  const known = fieldsOf(schema);
  const isOpen = known.size === 0;
  const ofFields = [...fieldsOf(mask)].flatMap(([name, masks]) => {
    const fields = known.get(name);
    const where = `${path}.${name}`;
    if (fields === undefined) return isOpen ? [] : [where];
    return masks.flatMap((inner) => missingFields({ anyOf: fields }, inner, where));
  });
  const items = itemsOf(schema);
  const ofItems = itemsOf(mask).flatMap((inner) =>
    items.length === 0 ? [] : missingFields({ anyOf: items }, inner, `${path}[]`),
  );
  return [...new Set([...ofFields, ...ofItems])];
}

/** The part of the vendor's schema that a mask reads. */
export function masked(schema: JsonSchema, mask: JsonSchema): JsonSchema {
  const masks = fieldsOf(mask);
  const itemMasks = itemsOf(mask);
  const result: Record<string, unknown> = { ...schema };
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    if (Array.isArray(schema[key])) {
      result[key] = schema[key].map((part) => (isRecord(part) ? masked(part, mask) : part));
    }
  }
  if (isRecord(schema['properties'])) {
    const kept = Object.entries(schema['properties']).filter(([name]) => masks.has(name));
    result['properties'] = Object.fromEntries(
      kept.map(([name, field]) => [
        name,
        isRecord(field) ? masked(field, { anyOf: masks.get(name) ?? [] }) : field,
      ]),
    );
    result['required'] = list(schema['required']).filter((name) => masks.has(String(name)));
  }
  if (isRecord(schema['items'])) {
    result['items'] = masked(schema['items'], { anyOf: itemMasks });
  }
  return result;
}
