import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkFieldNames } from '../../filter/check_fields.ts';
import type { DocumentStore, FieldSelection, StoredDocument } from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import { runWithRetry } from './busy_retry.ts';
import { SqliteConnection } from './connection.ts';
import { iterateTable } from './iterate.ts';
import { LastWrite } from './last_write.ts';
import { type MeasuredDocument, ReadCache } from './read_cache.ts';
import { COLUMNS, selectedColumns, toDocument } from './rows.ts';
import { searchDocuments } from './search.ts';
import { MAX_LARGE_DOCUMENTS, type TypeTable, typeTable } from './tables.ts';
import { deleteDocument, putDocument } from './write.ts';
import { WriteQueue } from './write_queue.ts';

const DEFAULT_BUSY_TIMEOUT_MS = 50;
/** Maximum milliseconds to wait for the lock of another process. */
const LOCK_TIMEOUT_MS = 5_000;
/** Small documents that are read per turn of the event loop, which takes a few milliseconds. */
const READ_BATCH_SIZE = 500;
/**
 * Maximum milliseconds that a ping waits for the lock. This is shorter than the usual timeout of a
 * health check, so that the response to it contains the reason.
 */
const PING_LOCK_TIMEOUT_MS = 2_000;

/** Options of {@link createSqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * The database file. A missing folder is created. `:memory:` keeps all data in memory, for tests.
   */
  readonly path: string;
  /** Monotonic clock, in milliseconds. Default: the clock of the machine. */
  readonly now?: () => number;
  /**
   * Milliseconds that one attempt may block the process while another process writes. Default 50.
   * Attempts are repeated for 5 seconds, without blocking in between.
   */
  readonly busyTimeoutMs?: number;
}

/**
 * Creates the embedded document store: one SQLite file, shared by any number of processes of one
 * machine. Writes are on disk when they are acknowledged. The file is opened at the first call.
 */
export function createSqliteStore(options: SqliteStoreOptions): DocumentStore {
  const { path, now = () => performance.now(), busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS } = options;
  const connection = new SqliteConnection(path, busyTimeoutMs);
  const policy = { timeoutMs: LOCK_TIMEOUT_MS, now };
  const pingPolicy = { timeoutMs: PING_LOCK_TIMEOUT_MS, now };
  const run = <T>(work: () => T): Promise<T> => runWithRetry(connection, policy, work);
  const writes = new WriteQueue({ connection, run });
  const lastWrite = new LastWrite(now);
  const cache = new ReadCache(connection);
  const tables = new Map<string, TypeTable>();
  const tableOf = (type: string): TypeTable => {
    const table = tables.get(type);
    if (table === undefined) throw new TypeError(`Type [${type}] was not prepared in this store.`);
    return table;
  };

  return {
    prepare: async (types) => {
      const prepared = types.map(typeTable);
      await run(() => connection.addTables(prepared));
      for (const table of prepared) tables.set(table.type, table);
      // Outdated statistics only slow down searches, so a lock of another process is not a failure.
      await run(() => connection.optimize()).catch(ignoreUnavailable);
    },
    getMany: async (keys, type, fields) => {
      const table = tableOf(type);
      checkFieldNames(fields?.names ?? []);
      const [first] = keys;
      // The cache has only whole documents.
      if (first !== undefined && keys.length === 1 && fields === undefined) {
        await cache.whenReady(first);
        return [await run(() => cache.read(first, () => readOne(connection, table, first)))];
      }
      const found: (StoredDocument | undefined)[] = [];
      const batchSize = table.isLarge ? MAX_LARGE_DOCUMENTS : READ_BATCH_SIZE;
      for (let from = 0; from < keys.length; from += batchSize) {
        if (from > 0) await nextTurn();
        const batch = keys.slice(from, from + batchSize);
        found.push(...(await run(() => getMany(connection, table, batch, fields))));
      }
      return found;
    },
    put: async (document, putOptions) => {
      const table = tableOf(document.type);
      const write = writes.add(() => {
        cache.drop(document.key);
        return putDocument(connection, table, document, putOptions ?? {});
      });
      return lastWrite.watch(write);
    },
    delete: async (key, type, deleteOptions) => {
      const table = tableOf(type);
      const write = writes.add(() => {
        cache.drop(key);
        return deleteDocument(connection, table, key, deleteOptions?.ifVersion);
      });
      return lastWrite.watch(write);
    },
    search: (request) =>
      run(() => searchDocuments(connection, request.types.map(tableOf), request)),
    iterate: async function* (request) {
      for (const type of request.types) {
        yield* iterateTable({ connection, run }, tableOf(type), request);
      }
    },
    ping: async () => {
      await runWithRetry(connection, pingPolicy, () => connection.probeWrite());
      lastWrite.ensureWorked();
    },
    close: async () => {
      await writes.whenIdle();
      connection.close();
    },
  };
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
}

function getMany(
  connection: SqliteConnection,
  table: TypeTable,
  keys: readonly string[],
  fields: FieldSelection | undefined,
): readonly (StoredDocument | undefined)[] {
  const sql = `SELECT ${selectedColumns(table.type, fields)} FROM ${table.table} WHERE key IN (SELECT value FROM json_each(?))`;
  const found = new Map<string, StoredDocument>();
  for (const row of connection.statement(sql).all(JSON.stringify(keys))) {
    const document = toDocument(row, table.type, fields);
    found.set(document.key, document);
  }
  return keys.map((key) => found.get(key));
}

function readOne(
  connection: SqliteConnection,
  table: TypeTable,
  key: string,
): MeasuredDocument | undefined {
  const sql = `SELECT ${COLUMNS} FROM ${table.table} WHERE key = ?`;
  const row = connection.statement(sql).get(key);
  if (row === undefined) return undefined;
  return {
    document: toDocument(row, table.type),
    characters: String(row['attributes']).length + String(row['refs']).length,
  };
}
