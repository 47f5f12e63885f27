import type { SqliteConnection } from './connection.ts';
import { isList, mayHoldList, type TypeTable } from './tables.ts';

/**
 * Tells whether any stored document holds a list in the field, so that a comparison has to check
 * its elements. Reads a small index.
 */
export function holdsLists(connection: SqliteConnection, table: TypeTable, field: string): boolean {
  const mapping = table.mappings[field];
  if (mapping === undefined || !mayHoldList(mapping)) return false;
  const sql = `SELECT 1 FROM ${table.table} WHERE ${isList(field)} LIMIT 1`;
  return connection.statement(sql).get() !== undefined;
}
