import type { DatabaseSync } from 'node:sqlite';
import { mappingsOf, OWN_FIELDS } from '../../types/mappings.ts';
import type { FieldMapping, SavedObjectsType } from '../../types/saved_objects_type.ts';

/** Columns that hold the document's own fields. */
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  modelVersion: 'model_version',
};

/** What the store knows of a type after `prepare`. */
export interface TypeTable {
  readonly type: string;
  /** Quoted, ready for SQL. */
  readonly table: string;
  /** The index SQLite made for the primary key, quoted. */
  readonly keyIndex: string;
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

/** Whether documents may hold a list in this field, any element of which then matches. */
export function mayHoldList(mapping: FieldMapping, field: string): boolean {
  return !(field in OWN_COLUMNS) && (mapping.type === 'keyword' || mapping.type === 'text');
}

/**
 * Creates what is missing of the tables. Nothing is locked when nothing is missing, so starting beside a busy process is
 * cheap; several processes may do this at once.
 */
export function createTables(db: DatabaseSync, tables: readonly TypeTable[]): void {
  const present = new Set(
    db
      .prepare(`SELECT name FROM sqlite_master WHERE type IN ('table', 'index')`)
      .all()
      .map(({ name }) => String(name)),
  );
  const missing = tables
    .flatMap(definitions)
    .filter(({ name }) => !present.has(name))
    .map(({ sql }) => sql);
  if (missing.length === 0) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const sql of missing) db.exec(sql);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

interface Definition {
  readonly name: string;
  readonly sql: string;
}

function definitions(of: TypeTable): readonly Definition[] {
  const table: Definition = {
    name: `so_${of.type}`,
    sql: `CREATE TABLE IF NOT EXISTS ${of.table} (
      key TEXT NOT NULL PRIMARY KEY,
      namespace TEXT,
      attributes TEXT NOT NULL,
      refs TEXT NOT NULL,
      model_version INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      version TEXT NOT NULL
    ) STRICT`,
  };
  const byNamespace = of.isAgnostic ? [] : [index(of, 'namespace', '(namespace, key)')];
  return [table, ...byNamespace, ...Object.keys(of.mappings).flatMap((f) => fieldIndexes(of, f))];
}

/**
 * Key and namespace are part of the index, so that sorting with tie-break and counting need no visit to the table. The index
 * also holds documents without the field: only then can a list of a million be sorted by it without reading them all.
 */
function fieldIndexes(of: TypeTable, field: string): readonly Definition[] {
  const byValue = index(of, `field_${field}`, `(${fieldExpression(field)}, key, namespace)`);
  const mapping = of.mappings[field];
  if (mapping === undefined || !mayHoldList(mapping, field)) return [byValue];
  return [byValue, index(of, `list_${field}`, `(key) WHERE ${isList(field)}`)];
}

/** The condition that a document holds a list in this field. */
export function isList(field: string): string {
  return `json_type(attributes, ${jsonPath(field)}) = 'array'`;
}

function index(of: TypeTable, suffix: string, definition: string): Definition {
  const name = `so_${of.type}__${suffix}`;
  return { name, sql: `CREATE INDEX IF NOT EXISTS ${quote(name)} ON ${of.table} ${definition}` };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
