import { randomBytes } from 'node:crypto';
import type {
  DocumentToStore,
  PutCondition,
  PutOptions,
  StoredDocument,
} from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { SqliteConnection } from './connection.ts';
import { COLUMNS, toRow } from './rows.ts';
import type { TypeTable } from './tables.ts';

const ASSIGNMENTS =
  'namespace = ?2, attributes = ?3, refs = ?4, model_version = ?5, created_at = ?6, updated_at = ?7, version = ?8';
const VALUES = '?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8';
/**
 * Random bytes (72 bits) of a version, so that it never repeats for a key, even after delete and
 * create.
 */
const VERSION_BYTES = 9;

/**
 * Writes a document in one statement. SQLite checks the condition and writes under the same lock,
 * so the write is atomic across processes.
 * @throws StoreError `conflict`
 */
export function putDocument(
  connection: SqliteConnection,
  table: TypeTable,
  document: DocumentToStore,
  { condition, keepsVersion = false }: PutOptions,
): StoredDocument {
  const isByVersion = condition !== undefined && 'ifVersion' in condition;
  const version =
    isByVersion && keepsVersion
      ? condition.ifVersion
      : randomBytes(VERSION_BYTES).toString('base64url');
  const row = toRow(document, version);
  if (isByVersion) row.push(condition.ifVersion, condition.ifModelVersion ?? null);
  const { changes } = connection.statement(putSql(table, condition)).run(...row);
  if (changes === 0) throw conflict(document.key, condition);
  return { ...document, version };
}

/**
 * Deletes a document. Returns `false` when no document has the key.
 * @throws StoreError `conflict`
 */
export function deleteDocument(
  connection: SqliteConnection,
  table: TypeTable,
  key: string,
  ifVersion: string | undefined,
): boolean {
  if (ifVersion === undefined) {
    const sql = `DELETE FROM ${table.table} WHERE key = ?`;
    return connection.statement(sql).run(key).changes !== 0;
  }
  const sql = `DELETE FROM ${table.table} WHERE key = ? AND version = ?`;
  if (connection.statement(sql).run(key, ifVersion).changes !== 0) return true;
  const existing = connection.statement(`SELECT 1 FROM ${table.table} WHERE key = ?`).get(key);
  if (existing !== undefined) throw conflict(key, { ifVersion });
  return false;
}

function putSql(table: TypeTable, condition: PutCondition | undefined): string {
  if (condition === undefined) {
    return `INSERT INTO ${table.table} (${COLUMNS}) VALUES (${VALUES}) ON CONFLICT (key) DO UPDATE SET ${ASSIGNMENTS}`;
  }
  if ('ifAbsent' in condition) {
    return `INSERT INTO ${table.table} (${COLUMNS}) VALUES (${VALUES}) ON CONFLICT (key) DO NOTHING`;
  }
  return `UPDATE ${table.table} SET ${ASSIGNMENTS} WHERE key = ?1 AND version = ?9 AND (?10 IS NULL OR model_version = ?10)`;
}

function conflict(key: string, condition: PutCondition | undefined): StoreError {
  const reason =
    condition !== undefined && 'ifAbsent' in condition
      ? 'exists already'
      : 'is no longer stored in the version that this write requires';
  return new StoreError('conflict', `Document [${key}] ${reason}.`);
}
