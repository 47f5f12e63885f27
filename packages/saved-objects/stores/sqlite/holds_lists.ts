import type { SqliteConnection } from './connection.ts';
import { isList, mayHoldList, type TypeTable } from './tables.ts';

/** Whether any stored document holds a list in this field, an element of which then matches. Asks a small index. */
export function holdsLists(connection: SqliteConnection, table: TypeTable, field: string): boolean {
  const mapping = table.mappings[field];
  if (mapping === undefined || !mayHoldList(mapping)) return false;
  const sql = `SELECT 1 FROM ${table.table} WHERE ${isList(field)} LIMIT 1`;
  return connection.statement(sql).get() !== undefined;
}
