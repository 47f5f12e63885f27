import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { matchesWords } from '../../filter/words.ts';
import { StoreError } from '../../store/store_error.ts';
import { createTables } from './create_tables.ts';
import type { TypeTable } from './tables.ts';

/**
 * Number of the table layout, incremented when the layout changes. A file with a higher number was
 * written by a newer build.
 */
const LAYOUT_VERSION = 1;
const MAX_CACHED_STATEMENTS = 200;
const PAGE_CACHE_KIB = 32 * 1024;
/** Size in bytes to which the write-ahead log is truncated after a burst of writes. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;
/**
 * Index entries that `ANALYZE` reads per index. They are enough to recognise a selective field, and
 * the limit keeps the analysis short.
 */
const ANALYSIS_LIMIT = 400;

/**
 * Bytes of the probe. It is about as large as real documents, so that it fails on a disk that has
 * only a few free bytes.
 */
const PROBE_BYTES = 32 * 1024;
const PROBE = `INSERT INTO latchkey_probe (id, writes) VALUES (1, randomblob(${PROBE_BYTES}))
  ON CONFLICT (id) DO UPDATE SET writes = excluded.writes`;

/**
 * One connection to the database file. The file is opened at first use, so a file that is missing
 * at start is a temporary failure and not a crash.
 */
export class SqliteConnection {
  readonly path: string;
  readonly #busyTimeoutMs: number;
  readonly #statements = new LRUCache<string, StatementSync>({ max: MAX_CACHED_STATEMENTS });
  #dataVersion: StatementSync | undefined;
  #db: DatabaseSync | undefined;
  /**
   * The inode of the open file, to detect that the file was moved. SQLite would continue to write
   * to it.
   */
  #inode: bigint | undefined;
  #isClosed = false;

  constructor(path: string, busyTimeoutMs: number) {
    this.path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /**
   * The open database.
   * @throws StoreError `unavailable` after close, `incompatible` for a newer layout; errors of
   * SQLite
   */
  get db(): DatabaseSync {
    if (this.#db !== undefined) return this.#db;
    if (this.#isClosed) throw new StoreError('unavailable', `The store [${this.path}] is closed.`);
    this.#db = this.#open();
    return this.#db;
  }

  /** Returns the prepared statement of an SQL text. Up to 200 are cached. */
  statement(sql: string): StatementSync {
    const db = this.db;
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    const statement = db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Returns a value that changes when another connection, of any process, commits a write. */
  dataVersion(): unknown {
    if (this.#dataVersion === undefined) {
      this.#dataVersion = this.db.prepare('PRAGMA data_version');
      // A list costs less than an object, and this statement runs once per request.
      this.#dataVersion.setReturnArrays(true);
    }
    return (this.#dataVersion.get() as unknown as readonly unknown[] | undefined)?.[0];
  }

  /** Creates missing tables and indexes. */
  addTables(tables: readonly TypeTable[]): void {
    createTables(this.db, tables);
  }

  /**
   * Updates outdated statistics of the query planner, even for tables that this connection has not
   * used yet. With statistics from a time when a table had one row, SQLite would read all its
   * million rows in every search. The update takes milliseconds.
   */
  optimize(): void {
    this.db.exec('PRAGMA optimize = 0x10002');
  }

  /**
   * Writes a probe, because only a write fails on a full or read-only disk.
   * @throws StoreError `unavailable` when the file was moved or replaced; errors of SQLite
   */
  probeWrite(): void {
    this.statement(PROBE).run();
    if (this.path !== ':memory:' && inodeOf(this.path) !== this.#inode) {
      throw new StoreError(
        'unavailable',
        `The database file [${this.path}] was moved or replaced while in use: restart the server.`,
      );
    }
  }

  /** Closes the file. Safe to call twice. */
  close(): void {
    this.#isClosed = true;
    this.#statements.clear();
    this.#dataVersion = undefined;
    this.#db?.close();
    this.#db = undefined;
  }

  #open(): DatabaseSync {
    if (this.path !== ':memory:') createPrivateFile(this.path);
    const db = new DatabaseSync(this.path, {
      enableForeignKeyConstraints: false,
      timeout: this.#busyTimeoutMs,
    });
    try {
      configure(db, this.path);
      this.#inode = inodeOf(this.path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }
}

function configure(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA journal_mode = WAL');
  // An acknowledged write must survive a power failure: a lost refresh token cannot be recovered.
  db.exec('PRAGMA synchronous = FULL');
  db.exec(`PRAGMA cache_size = -${PAGE_CACHE_KIB}`);
  db.exec(`PRAGMA journal_size_limit = ${MAX_WAL_BYTES}`);
  db.exec(`PRAGMA analysis_limit = ${ANALYSIS_LIMIT}`);
  db.function('matches_words', { deterministic: true }, (text, searched) =>
    matchesWords(String(text), String(searched).split(' ')) ? 1 : 0,
  );
  const layout = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (layout > LAYOUT_VERSION) {
    throw new StoreError(
      'incompatible',
      `The database file [${path}] has layout version ${layout}, but this build only knows ${LAYOUT_VERSION}: start the newer build.`,
    );
  }
  if (layout === LAYOUT_VERSION) return;
  db.exec(
    'CREATE TABLE IF NOT EXISTS latchkey_probe (id INTEGER PRIMARY KEY, writes INTEGER NOT NULL)',
  );
  db.exec(`PRAGMA user_version = ${LAYOUT_VERSION}`);
}

/**
 * Creates a file that only its owner can read, before anything is written to it. SQLite creates its
 * other files with the same mode.
 * @throws StoreError `unavailable`
 */
function createPrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new StoreError(
      'unavailable',
      `The database file [${path}] cannot be opened: check that its folder exists and is writable for this process.`,
      { cause: error },
    );
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
