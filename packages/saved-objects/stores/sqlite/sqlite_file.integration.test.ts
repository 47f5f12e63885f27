import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNote, GLOBAL, idsUpTo, NOTE, noteKey, putAll } from '../../conformance/documents.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { SqliteConnection } from './connection.ts';
import { createSqliteStore } from './index.ts';
import { toStoreError } from './sqlite_errors.ts';
import { createTemporaryFolder, type TemporaryFolder } from './sqlite_store.mock.ts';

const MODE_BITS = 0o777;

let folder: TemporaryFolder;
let store: DocumentStore;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  store = createSqliteStore({ path: folder.file });
});
afterEach(async () => {
  await store.close();
  await folder.remove();
});

const openBeside = (): DatabaseSync => new DatabaseSync(folder.file);

describe('the database file', () => {
  it('and the files beside it can be read by their owner only', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.put(aNote('a'));
    for (const suffix of ['', '-wal', '-shm']) {
      expect((await stat(folder.file + suffix)).mode & MODE_BITS).toBe(0o600);
    }
    expect((await stat(dirname(folder.file))).mode & MODE_BITS).toBe(0o700);
  });

  it('uses a write-ahead log, so that readers never wait for writers', async () => {
    await store.prepare([NOTE, GLOBAL]);
    const db = openBeside();
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it('is flushed to disk at every commit, not only at checkpoints', () => {
    const connection = new SqliteConnection(folder.file, 50);
    const FULL = 2;
    expect(connection.db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL });
    connection.close();
  });

  it('has all documents after the store is closed and opened again', async () => {
    await store.prepare([NOTE, GLOBAL]);
    const stored = await store.put(aNote('a', { title: 'kept' }));
    await store.close();
    const reopened = createSqliteStore({ path: folder.file });
    await reopened.prepare([NOTE, GLOBAL]);
    expect(await reopened.getMany([noteKey('a')], NOTE.name)).toEqual([stored]);
    await reopened.close();
  });

  it('has every write that was requested before close, also writes that were pending', async () => {
    await store.prepare([NOTE, GLOBAL]);
    const writes = ['a', 'b', 'c'].map((id) => store.put(aNote(id)));
    await store.close();
    await expect(Promise.all(writes)).resolves.toHaveLength(3);
    const reopened = createSqliteStore({ path: folder.file });
    await reopened.prepare([NOTE, GLOBAL]);
    expect((await reopened.search({ types: [NOTE.name], limit: 0 })).total).toBe(3);
    await reopened.close();
  });

  it('gets new statistics of tables that have grown when it is opened again', async () => {
    const rowsKnown = (): number => {
      const db = openBeside();
      const rows = db
        .prepare(
          `SELECT stat FROM sqlite_stat1 WHERE tbl = 'so_conformance_note' AND idx LIKE '%field_rank'`,
        )
        .all();
      db.close();
      return Number(String(rows[0]?.['stat']).split(' ')[0]);
    };
    const putNotes = async (count: number): Promise<void> => {
      const reopened = createSqliteStore({ path: folder.file });
      await reopened.prepare([NOTE]);
      await putAll(
        reopened,
        idsUpTo(count).map((id, rank) => aNote(id, { rank })),
      );
      await reopened.close();
    };
    await putNotes(1);
    await putNotes(3_000);
    expect(rowsKnown()).toBe(1);
    await store.prepare([NOTE]);
    expect(rowsKnown()).toBe(3_000);
  });

  it('gets the indexes of mappings that are added later', async () => {
    const small = { ...NOTE, mappings: { properties: {} } };
    await store.prepare([small]);
    await store.put(aNote('a', { owner: 'x' }));
    await store.prepare([NOTE]);
    const db = openBeside();
    const names = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'index'`).all();
    expect(names.map(({ name }) => name)).toContain('so_conformance_note__field_owner');
    db.close();
  });
});

describe('a database file that cannot be used', () => {
  it('is unavailable while its folder cannot be created, and works afterwards', async () => {
    const parent = dirname(folder.file);
    await writeFile(parent, 'a file where the folder should be');
    await expect(store.prepare([NOTE, GLOBAL])).rejects.toMatchObject({ code: 'unavailable' });
    await rename(parent, `${parent}.moved`);
    await expect(store.prepare([NOTE, GLOBAL])).resolves.toBeUndefined();
  });

  it('is corrupt when it is not a database', async () => {
    await mkdir(dirname(folder.file));
    await writeFile(folder.file, 'This is a letter, not a database. '.repeat(100));
    await expect(store.prepare([NOTE, GLOBAL])).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('restore it from a backup'),
    });
  });

  it('fails with [corrupt] and the key, but no content, for a document that cannot be parsed', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.put(aNote('a', { owner: 'canary-value' }));
    const db = openBeside();
    // The table has no indexes, because they would refuse invalid JSON.
    db.exec('DROP TABLE so_conformance_note');
    db.exec(`CREATE TABLE so_conformance_note (key TEXT PRIMARY KEY, namespace, attributes, refs,
      model_version, created_at, updated_at, version)`);
    db.exec(`INSERT INTO so_conformance_note VALUES
      ('conformance_note:a', 'default', '{"owner":"canary-value', '[]', 1, '', '', 'v')`);
    db.close();
    const read = store.getMany([noteKey('a')], NOTE.name);
    const error = await read.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'corrupt' });
    expect(String(error)).toContain(noteKey('a'));
    expect(String(error)).not.toContain('canary-value');
  });

  it('is refused when a newer build changed its layout', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.close();
    const db = openBeside();
    db.exec('PRAGMA user_version = 99');
    db.close();
    const older = createSqliteStore({ path: folder.file });
    await expect(older.prepare([NOTE, GLOBAL])).rejects.toMatchObject({
      code: 'incompatible',
      message: expect.stringMatching(/layout version 99.* only knows 1/),
    });
  });

  it('makes a ping fail after the file was moved, because later writes would be lost', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.ping();
    await rename(folder.file, `${folder.file}.moved`);
    await expect(store.ping()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('moved or replaced'),
    });
  });

  it('is reported as unavailable, not as empty, after close', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.close();
    await expect(store.search({ types: [NOTE.name], limit: 1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('is closed'),
    });
    await expect(store.close()).resolves.toBeUndefined();
  });

  it('rejects a type that was not prepared, with an error that names the type', async () => {
    await expect(store.getMany(['x:y'], 'x')).rejects.toThrow('[x] was not prepared');
  });
});

describe('a read-only file', () => {
  it('is unavailable with advice for the operator', async () => {
    await store.prepare([NOTE, GLOBAL]);
    await store.close();
    // The superuser ignores file permissions, so the file is opened in read-only mode.
    const db = new DatabaseSync(folder.file, { readOnly: true });
    const write = (): unknown => {
      try {
        return db.exec('DELETE FROM so_conformance_note');
      } catch (error) {
        return toStoreError(error, folder.file);
      }
    };
    expect(write()).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('is read-only for this process: check the permissions'),
    });
    db.close();
  });
});
