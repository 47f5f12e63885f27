import type { DocumentPath } from '../document/document_positions.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';

/** Maximum number of pairs for one value. Further ones are ignored. */
const MAX_PAIRS = 200_000;
/** Maximum depth, counting the nesting of the value and the references of the schema. */
const MAX_DEPTH = 200;

/** A part of a value, and a schema that it has to match. */
export interface SchemaPair {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: DocumentPath;
}

interface Visit extends Omit<SchemaPair, 'schema'> {
  readonly schema: unknown;
}

/**
 * Parts of a value with the schemas that they have to match. Schemas of alternatives, such as those
 * of `anyOf`, are left out, because a value need not match them.
 */
export function schemaPairs(root: JsonSchema, value: unknown): readonly SchemaPair[] {
  const pairs: SchemaPair[] = [];
  const visit = ({ schema, value: part, path }: Visit, depth: number): void => {
    if (!isRecord(schema) || depth > MAX_DEPTH || pairs.length >= MAX_PAIRS) return;
    pairs.push({ schema, value: part, path });
    const { $ref: reference, allOf: all } = schema;
    if (typeof reference === 'string')
      visit({ schema: referredTo(root, reference), value: part, path }, depth + 1);
    if (Array.isArray(all))
      for (const each of all) visit({ schema: each, value: part, path }, depth + 1);
    if (Array.isArray(part))
      for (const [index, member] of part.entries()) {
        const below = memberSchema(schema, index);
        visit({ schema: below, value: member, path: [...path, index] }, depth + 1);
      }
    else if (isRecord(part))
      for (const [name, member] of Object.entries(part)) {
        const below = propertySchema(schema, name);
        visit({ schema: below, value: member, path: [...path, name] }, depth + 1);
      }
  };
  visit({ schema: root, value, path: [] }, 0);
  return pairs;
}

/** Schema to which a local reference such as `#/$defs/name` refers. `undefined`: there is none. */
export function referredTo(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  const segments = reference.slice(1).split('/').slice(1);
  return segments.reduce<unknown>(
    (owner, segment) => ownProperty(owner, segment.replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  );
}

function memberSchema({ items, prefixItems }: JsonSchema, index: number): unknown {
  // A list of schemas under `items` is an older form of `prefixItems`.
  const first = Array.isArray(items) ? items : prefixItems;
  if (Array.isArray(first) && index < first.length) return first[index];
  return Array.isArray(items) ? undefined : items;
}

function propertySchema(schema: JsonSchema, name: string): unknown {
  const properties = schema['properties'];
  const own = isRecord(properties) ? ownProperty(properties, name) : undefined;
  if (own !== undefined || schema['patternProperties'] !== undefined) return own;
  return schema['additionalProperties'];
}
