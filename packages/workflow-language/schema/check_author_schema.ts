import { isRecord, ownProperty } from '../values/read_path.ts';
import {
  CHECKED,
  COPIED,
  KEYWORDS,
  WITH_NAMED_SCHEMAS,
  WITH_SCHEMA,
  WITH_SCHEMA_LIST,
} from './keywords.ts';
import { referredTo } from './schema_pairs.ts';

/** Message for a keyword whose path {@link malformedKeywords} has returned. */
export function malformedMessage(path: readonly (string | number)[]): string {
  if (WITH_NAMED_SCHEMAS.includes(String(path.at(-2))))
    return `\`${path.at(-1)}\` needs a schema, such as \`type: string\` with a space after the colon.`;
  return `JSON Schema does not allow this value of \`${path.at(-1)}\`.`;
}

/**
 * Paths of the keywords whose value JSON Schema does not allow, such as `required: 5`. Each path is
 * relative to the schema. Looks at most 20 levels deep.
 */
export function malformedKeywords(schema: unknown): readonly (readonly (string | number)[])[] {
  const found: (string | number)[][] = [];
  const visit = (node: unknown, path: (string | number)[]): void => {
    if (!isRecord(node) || path.length > 20 || found.length > 20) return;
    for (const [key, value] of Object.entries(node)) {
      const here = [...path, key];
      const checks = Object.hasOwn(COPIED, key) ? COPIED : CHECKED;
      const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
      if (check?.(value) === false) found.push(here);
      else if (WITH_NAMED_SCHEMAS.includes(key) && !isRecord(value)) found.push(here);
      else if (WITH_SCHEMA_LIST.includes(key) && !Array.isArray(value)) found.push(here);
      else if (WITH_NAMED_SCHEMAS.includes(key)) {
        for (const [name, each] of Object.entries(value as object)) {
          if (isSchema(each)) visit(each, [...here, name]);
          else found.push([...here, name]);
        }
      } else if (WITH_SCHEMA_LIST.includes(key)) {
        for (const [index, each] of (value as readonly unknown[]).entries()) {
          visit(each, [...here, index]);
        }
      } else if (WITH_SCHEMA.includes(key)) visit(value, here);
    }
  };
  visit(schema, []);
  return found;
}

/** Returns `true` if a value may stand where JSON Schema needs a schema. */
const isSchema = (value: unknown): boolean => isRecord(value) || typeof value === 'boolean';

/**
 * Paths of the keys that are not keywords of JSON Schema, so that nothing is compared with them.
 * Each path is relative to the schema. Looks at most 20 levels deep.
 */
export function unknownKeywords(schema: unknown): readonly (readonly (string | number)[])[] {
  const found: (string | number)[][] = [];
  visitSchemas(schema, (node, path) => {
    for (const key of Object.keys(node)) {
      // Names with this prefix are for other programs.
      if (!KEYWORDS.has(key) && !key.startsWith('x-')) found.push([...path, key]);
    }
    return found.length <= 20;
  });
  return found;
}

/**
 * Paths of the references that lead nowhere in the schema, so that nothing is compared with them.
 * Each path is relative to the schema. Looks at most 20 levels deep.
 */
export function danglingReferences(schema: unknown): readonly (readonly (string | number)[])[] {
  const found: (string | number)[][] = [];
  if (!isRecord(schema)) return found;
  visitSchemas(schema, (node, path) => {
    const reference = ownProperty(node, '$ref');
    if (typeof reference === 'string' && referredTo(schema, reference) === undefined)
      found.push([...path, '$ref']);
    return found.length <= 20;
  });
  return found;
}

/** Visits a schema and all schemas in it, until `visit` returns false. */
function visitSchemas(
  schema: unknown,
  visit: (node: Readonly<Record<string, unknown>>, path: (string | number)[]) => boolean,
): void {
  let goesOn = true;
  const walk = (node: unknown, path: (string | number)[]): void => {
    if (!goesOn || !isRecord(node) || path.length > 20) return;
    goesOn = visit(node, path);
    for (const [key, value] of Object.entries(node)) {
      const here = [...path, key];
      if (WITH_NAMED_SCHEMAS.includes(key) && isRecord(value))
        for (const [name, each] of Object.entries(value)) walk(each, [...here, name]);
      else if (WITH_SCHEMA_LIST.includes(key) && Array.isArray(value))
        for (const [index, each] of value.entries()) walk(each, [...here, index]);
      else if (WITH_SCHEMA.includes(key)) walk(value, here);
    }
  };
  walk(schema, []);
}

/** Message for a reference that {@link danglingReferences} has returned. */
export const DANGLING_REFERENCE =
  'This reference leads nowhere, so the value is not checked. Write the path of a part of this schema, such as `#/$defs/name`.';

/**
 * Returns `true` if an object lists fields by their names, as the inputs of a workflow do, and not
 * below `properties`. As a JSON Schema it has no keyword, so every value would be accepted.
 */
export function isListOfFields(schema: unknown): boolean {
  if (!isRecord(schema)) return false;
  const entries = Object.entries(schema);
  const isKeyword = (key: string) =>
    key.startsWith('$') ||
    [...WITH_SCHEMA, ...WITH_SCHEMA_LIST, ...WITH_NAMED_SCHEMAS].includes(key) ||
    Object.hasOwn(COPIED, key);
  return (
    entries.length > 0 &&
    entries.every(
      ([key, value]) =>
        !isKeyword(key) && isRecord(value) && typeof ownProperty(value, 'type') === 'string',
    )
  );
}

/** Message for a schema of which {@link isListOfFields} is true. */
export const LIST_OF_FIELDS =
  'This schema accepts every value. Write `type: object`, and these fields below `properties`.';
