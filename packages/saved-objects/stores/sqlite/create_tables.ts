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
 * Creates what is missing of the tables. Nothing is locked when nothing is missing, so starting beside a busy process is
 * cheap; several processes may do this at once. New tables are made together. An index on a table that is in use holds up other writers while it is
 * built, so each is committed by itself and they get their turn in between.
 */
export function createTables(db: DatabaseSync, tables: readonly TypeTable[]): void {
  const present = new Set(
    db
      .prepare(`SELECT name FROM sqlite_master WHERE type IN ('table', 'index')`)
      .all()
      .map(({ name }) => String(name)),
  );
  const isInUse = (table: TypeTable): boolean => present.has(`so_${table.type}`);
  const missing = (of: readonly TypeTable[]): readonly Definition[] =>
    of.flatMap(definitions).filter(({ name }) => !present.has(name));
  createTogether(db, missing(tables.filter((table) => !isInUse(table))));
  for (const { sql } of missing(tables.filter(isInUse))) db.exec(sql);
}

function createTogether(db: DatabaseSync, missing: readonly Definition[]): void {
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
 * Key and namespace are part of the index, so that sorting with tie-break and counting need no visit to the table. The index
 * also holds documents without the field: only then can a list of a million be sorted by it without reading them all.
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
