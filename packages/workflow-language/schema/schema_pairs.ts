import type { DocumentPath } from '../document/document_positions.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';

/** Pairs of one value. More are not looked at. */
const MAX_PAIRS = 200_000;
/** Nesting of a value and references of a schema, together. */
const MAX_DEPTH = 200;

/** A part of a value and a schema that it must match in any case. */
export interface SchemaPair {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: DocumentPath;
}

interface Visit extends Omit<SchemaPair, 'schema'> {
  readonly schema: unknown;
}

/**
 * The parts of a value with their schemas. Not the alternatives, such as those of `anyOf`: a value
 * need not match them.
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

/** The schema at a local reference such as `#/$defs/name`; undefined if there is none. */
export function referredTo(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  const segments = reference.slice(1).split('/').slice(1);
  return segments.reduce<unknown>(
    (owner, segment) => ownProperty(owner, segment.replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  );
}

function memberSchema({ items, prefixItems }: JsonSchema, index: number): unknown {
  // A list of schemas under `items` is the older form of `prefixItems`.
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
