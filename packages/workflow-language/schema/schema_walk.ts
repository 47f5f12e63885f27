import { isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';

/** Keywords whose schemas are alternatives for, or describe parts of, the same value. */
const PARTS = ['anyOf', 'oneOf', 'allOf'];

/** Maximum number of nested alternatives and references that are followed. */
const MAX_DEPTH = 8;

/**
 * The schemas that together describe a value: the schema itself, its alternatives, and the schemas
 * to which it refers in the root schema.
 */
function schemaParts(schema: unknown, root: unknown = schema, depth = 0): JsonSchema[] {
  if (!isRecord(schema) || depth > MAX_DEPTH) return [];
  const parts = PARTS.flatMap((keyword) => {
    const list = ownProperty(schema, keyword);
    return Array.isArray(list) ? list : [];
  });
  const reference = ownProperty(schema, '$ref');
  const target = typeof reference === 'string' ? resolve(root, reference) : undefined;
  return [schema, ...[...parts, target].flatMap((each) => schemaParts(each, root, depth + 1))];
}

/** Schemas of a member of a value. A string or number selects a key, `'*'` any member of a list. */
export function schemasBelow(
  schemas: readonly JsonSchema[],
  segment: string | number,
  root: unknown,
): readonly JsonSchema[] {
  return schemas.flatMap((schema) => {
    const key = String(segment);
    const properties = ownProperty(schema, 'properties');
    const isIndex = typeof segment === 'number' || /^\d+$/.test(segment);
    const named = ownProperty(properties, key);
    const additional = ownProperty(schema, 'additionalProperties');
    const items = ownProperty(schema, 'items');
    const prefix = ownProperty(schema, 'prefixItems');
    const below =
      named ??
      (isIndex
        ? ((Array.isArray(prefix) ? prefix[Number(segment)] : undefined) ?? items)
        : undefined) ??
      additional;
    return schemaParts(below, root);
  });
}

/** Schemas of the value at a path below a schema. Empty: nothing is known about it. */
export function schemasAt(
  schema: JsonSchema,
  path: readonly (string | number)[],
): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (schemas, segment) => schemasBelow(schemas, segment, schema),
    schemaParts(schema),
  );
}

/** A key that an object may have. */
interface SchemaKey {
  readonly name: string;
  readonly schemas: readonly JsonSchema[];
  readonly isRequired: boolean;
}

/** Keys of an object that has these schemas. Required keys come first. */
export function schemaKeys(schemas: readonly JsonSchema[], root: unknown): readonly SchemaKey[] {
  const keys = new Map<string, SchemaKey>();
  for (const schema of schemas) {
    const properties = ownProperty(schema, 'properties');
    const required = ownProperty(schema, 'required');
    for (const [name, each] of Object.entries(isRecord(properties) ? properties : {})) {
      const known = keys.get(name);
      keys.set(name, {
        name,
        schemas: [...(known?.schemas ?? []), ...schemaParts(each, root)],
        isRequired:
          (Array.isArray(required) && required.includes(name)) || (known?.isRequired ?? false),
      });
    }
  }
  return [...keys.values()].toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

/** Description of a value. `undefined`: its schemas have none. */
export function descriptionOf(schemas: readonly JsonSchema[]): string | undefined {
  for (const schema of schemas) {
    const description = ownProperty(schema, 'description') ?? ownProperty(schema, 'title');
    if (typeof description === 'string') return description;
  }
  return undefined;
}

/**
 * Kinds of value that the schemas allow, as a short text such as `text or list`. `undefined`: not
 * known.
 */
export function typeOf(schemas: readonly JsonSchema[]): string | undefined {
  const names = schemas.flatMap((schema) => {
    const type = ownProperty(schema, 'type');
    const format = ownProperty(schema, 'format');
    const choices = ownProperty(schema, 'enum');
    if (format === 'duration-text') return ['duration'];
    if (format === 'byte-size') return ['size'];
    if (Array.isArray(choices)) return [choices.slice(0, 8).map(String).join(' | ')];
    return [type].flat().flatMap((each) => (typeof each === 'string' ? [nameOf(each)] : []));
  });
  const distinct = [...new Set(names)];
  return distinct.length === 0 ? undefined : distinct.join(' or ');
}

function nameOf(type: string): string {
  return { string: 'text', array: 'list', integer: 'whole number' }[type] ?? type;
}

function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  return reference
    .slice(1)
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(ownProperty, root);
}
