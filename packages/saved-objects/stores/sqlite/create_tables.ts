import type { DatabaseSync } from 'node:sqlite';
import {
  fieldExpression,
  indexName,
  isList,
  mayHoldList,
  NAMESPACE_INDEX,
  quote,
  type TypeTable,
} from './tables.ts';

/**
 * Creates missing tables and indexes. Several processes may call this at the same time. If nothing
 * is missing, it takes no lock, so a start does not block busy processes.
 *
 * New tables are created in one transaction. Building an index on an existing table blocks other
 * writers, so each such index is committed separately and other writers can write in between.
 */
export function createTables(db: DatabaseSync, tables: readonly TypeTable[]): void {
  const existing = new Set(
    db
      .prepare(`SELECT name FROM sqlite_master WHERE type IN ('table', 'index')`)
      .all()
      .map(({ name }) => String(name)),
  );
  const exists = (table: TypeTable): boolean => existing.has(`so_${table.type}`);
  const missing = (of: readonly TypeTable[]): readonly Definition[] =>
    of.flatMap(definitions).filter(({ name }) => !existing.has(name));
  createInOneTransaction(db, missing(tables.filter((table) => !exists(table))));
  for (const { sql } of missing(tables.filter(exists))) db.exec(sql);
}

function createInOneTransaction(db: DatabaseSync, missing: readonly Definition[]): void {
  if (missing.length === 0) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const { sql } of missing) db.exec(sql);
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
  const byNamespace = of.isAgnostic ? [] : [index(of, NAMESPACE_INDEX, '(namespace, key)')];
  return [table, ...byNamespace, ...Object.keys(of.mappings).flatMap((f) => fieldIndexes(of, f))];
}

/**
 * The indexes of one field. They contain key and namespace, so that SQLite can sort, break ties and
 * count without reading the table. They also contain documents without the field, so that SQLite
 * can sort a million documents by the field without reading all of them.
 */
function fieldIndexes(of: TypeTable, field: string): readonly Definition[] {
  const byValue = index(of, `field_${field}`, `(${fieldExpression(field)}, key, namespace)`);
  const mapping = of.mappings[field];
  if (mapping === undefined || !mayHoldList(mapping)) return [byValue];
  return [byValue, index(of, `list_${field}`, `(key) WHERE ${isList(field)}`)];
}

function index(of: TypeTable, suffix: string, definition: string): Definition {
  const name = indexName(of.type, suffix);
  return { name, sql: `CREATE INDEX IF NOT EXISTS ${quote(name)} ON ${of.table} ${definition}` };
}
