import { mappingsOf, OWN_FIELDS } from '../../types/mappings.ts';
import type { FieldMapping, SavedObjectsType } from '../../types/saved_objects_type.ts';

/** Columns of the built-in fields. */
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  modelVersion: 'model_version',
};

/**
 * Maximum documents with large attributes that one statement reads. SQLite parses a document of a
 * megabyte in some milliseconds, even if only a small part of it is read.
 */
export const MAX_LARGE_DOCUMENTS = 25;

/** Suffix of the index by namespace and key. */
export const NAMESPACE_INDEX = 'namespace';

/** Returns the unquoted name of an index of a type. */
export function indexName(type: string, suffix: string): string {
  return `so_${type}__${suffix}`;
}

/** The table of a prepared type. */
export interface TypeTable {
  readonly type: string;
  /** The quoted name of the table. */
  readonly table: string;
  /** The quoted name of the index that SQLite creates for the primary key. */
  readonly keyIndex: string;
  /** The quoted name of the index by namespace and key. Agnostic types do not have this index. */
  readonly namespaceIndex: string;
  /** `true`: documents of the type have no namespace and match a search of any namespace. */
  readonly isAgnostic: boolean;
  /** `true`: documents can have large attributes, so conditions should not read documents. */
  readonly isLarge: boolean;
  /** Mapped attributes and the built-in fields. */
  readonly mappings: Readonly<Record<string, FieldMapping>>;
}

/**
 * Derives the table from a registered type. `checkType` restricts the names, so they need no
 * escaping.
 */
export function typeTable(type: SavedObjectsType): TypeTable {
  return {
    type: type.name,
    table: quote(`so_${type.name}`),
    keyIndex: quote(`sqlite_autoindex_so_${type.name}_1`),
    namespaceIndex: quote(indexName(type.name, NAMESPACE_INDEX)),
    isAgnostic: type.namespaceType === 'agnostic',
    isLarge: (type.largeAttributes ?? []).length > 0,
    mappings: { ...mappingsOf(type), ...OWN_FIELDS },
  };
}

/**
 * Returns the SQL expression of a mapped field. SQLite uses an index only when the query has the
 * same expression, so both the index and the query are built with this function.
 */
export function fieldExpression(field: string): string {
  return OWN_COLUMNS[field] ?? `json_extract(attributes, ${jsonPath(field)})`;
}

/**
 * Returns the SQL literal of the JSON path of an attribute. A dot in the name leads into an object.
 */
export function jsonPath(field: string): string {
  const steps = field.split('.').map((step) => `."${step}"`);
  return `'$${steps.join('')}'`;
}

/** Returns `true` if documents can have a list in a field with this mapping. */
export function mayHoldList({ type }: FieldMapping): boolean {
  return type === 'keyword' || type === 'text';
}

/** Returns the SQL condition that a document has a list in the field. */
export function isList(field: string): string {
  return `json_type(attributes, ${jsonPath(field)}) = 'array'`;
}

/** Quotes a name for SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
