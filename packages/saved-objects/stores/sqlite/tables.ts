import { mappingsOf, OWN_FIELDS } from '../../types/mappings.ts';
import type { FieldMapping, SavedObjectsType } from '../../types/saved_objects_type.ts';

/** Columns that hold the document's own fields. */
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  modelVersion: 'model_version',
};

/** Suffix of the index by namespace and key. */
export const NAMESPACE_INDEX = 'namespace';

/** The unquoted name of an index of a type. */
export function indexName(type: string, suffix: string): string {
  return `so_${type}__${suffix}`;
}

/** What the store knows of a type after `prepare`. */
export interface TypeTable {
  readonly type: string;
  /** Quoted, ready for SQL. */
  readonly table: string;
  /** The index SQLite made for the primary key, quoted. */
  readonly keyIndex: string;
  /** The index by namespace and key, quoted. Agnostic types have none. */
  readonly namespaceIndex: string;
  /** Agnostic documents have no namespace and match every search. */
  readonly isAgnostic: boolean;
  /** Mapped attributes and the document's own fields. */
  readonly mappings: Readonly<Record<string, FieldMapping>>;
}

/** Reads the table layout off a registered type. Its names were checked at registration and need no escaping. */
export function typeTable(type: SavedObjectsType): TypeTable {
  return {
    type: type.name,
    table: quote(`so_${type.name}`),
    keyIndex: quote(`sqlite_autoindex_so_${type.name}_1`),
    namespaceIndex: quote(indexName(type.name, NAMESPACE_INDEX)),
    isAgnostic: type.namespaceType === 'agnostic',
    mappings: { ...mappingsOf(type), ...OWN_FIELDS },
  };
}

/** The SQL expression of a mapped field. Indexes and queries must use the same text, or the index is not used. */
export function fieldExpression(field: string): string {
  return OWN_COLUMNS[field] ?? `json_extract(attributes, ${jsonPath(field)})`;
}

/** The JSON path literal of an attribute; a dot in the name is a step into an object. */
export function jsonPath(field: string): string {
  const steps = field.split('.').map((step) => `."${step}"`);
  return `'$${steps.join('')}'`;
}

/** Whether documents may hold a list in a field of this kind. */
export function mayHoldList({ type }: FieldMapping): boolean {
  return type === 'keyword' || type === 'text';
}

/** The condition that a document holds a list in this field. */
export function isList(field: string): string {
  return `json_type(attributes, ${jsonPath(field)}) = 'array'`;
}

/** A name as SQL takes it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
