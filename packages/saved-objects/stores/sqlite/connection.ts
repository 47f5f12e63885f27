import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { matchesWords } from '../../filter/words.ts';
import { StoreError } from '../../store/store_error.ts';
import { createTables } from './create_tables.ts';
import type { TypeTable } from './tables.ts';

/** Raised when the table layout itself changes; a file with a higher number was written by a newer build. */
const LAYOUT_VERSION = 1;
const MAX_CACHED_STATEMENTS = 200;
const PAGE_CACHE_KIB = 32 * 1024;
/** The write-ahead log shrinks back to this after a burst. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;
/** Enough for the planner to tell a selective field from one with three values; bounds the time it takes. */
const ANALYSIS_LIMIT = 400;

/** As large as what is written for real: a disk with room for a few bytes is full. */
const PROBE_BYTES = 32 * 1024;
const PROBE = `INSERT INTO latchkey_probe (id, writes) VALUES (1, randomblob(${PROBE_BYTES}))
  ON CONFLICT (id) DO UPDATE SET writes = excluded.writes`;

/**
 * One connection to the database file. It opens at the first use, so a store that is not there yet is a passing failure and
 * not a crash.
 */
export class SqliteConnection {
  readonly path: string;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, StatementSync>();
  #db: DatabaseSync | undefined;
  /** Of the file that is open. SQLite goes on writing to it when somebody moves it away. */
  #inode: bigint | undefined;
  #isClosed = false;

  constructor(path: string, busyTimeoutMs: number) {
    this.path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /** @throws StoreError `unavailable` after close, `incompatible` for a newer layout; SQLite's own errors */
  get db(): DatabaseSync {
    if (this.#db !== undefined) return this.#db;
    if (this.#isClosed) throw new StoreError('unavailable', `The store [${this.path}] is closed.`);
    this.#db = this.#open();
    return this.#db;
  }

  /** A prepared statement, made once per SQL text. The oldest are dropped, as filters come in any shape. */
  statement(sql: string): StatementSync {
    const db = this.db;
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    const statement = db.prepare(sql);
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Changes when any other connection, of this process or another, has committed a write; never by a write of this one. */
  dataVersion(): unknown {
    return this.statement('PRAGMA data_version').get()?.['data_version'];
  }

  /** Creates what these tables lack. */
  addTables(tables: readonly TypeTable[]): void {
    createTables(this.db, tables);
  }

  /**
   * Refreshes the planner's statistics where they are stale, of tables this connection has not used yet as well: a table that has grown from one row to a
   * million would be read as a whole for every search. Costs milliseconds.
   */
  optimize(): void {
    this.db.exec('PRAGMA optimize = 0x10002');
  }

  /**
   * Writes for real, as a full or read-only disk shows itself only then.
   * @throws StoreError `unavailable` when writes go to a file that is no longer there; SQLite's own errors
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

  /** Safe to call twice. */
  close(): void {
    this.#isClosed = true;
    this.#statements.clear();
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
  // An acknowledged write must survive a power cut: a lost rotated refresh token cannot be had again.
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
      `The database file [${path}] has layout version ${layout}, this build knows ${LAYOUT_VERSION}: start the newer build.`,
    );
  }
  if (layout === LAYOUT_VERSION) return;
  db.exec(
    'CREATE TABLE IF NOT EXISTS latchkey_probe (id INTEGER PRIMARY KEY, writes INTEGER NOT NULL)',
  );
  db.exec(`PRAGMA user_version = ${LAYOUT_VERSION}`);
}

/**
 * Readable by the owner only from its first byte on. SQLite gives its side files the same mode.
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
