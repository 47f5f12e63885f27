import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNote, NOTE, noteKey } from '../../conformance/documents.ts';
import { runWithRetry } from './busy_retry.ts';
import { SqliteConnection } from './connection.ts';
import { createTemporaryFolder, type TemporaryFolder } from './sqlite_store.mock.ts';
import { typeTable } from './tables.ts';
import { putDocument } from './write.ts';
import { WriteQueue } from './write_queue.ts';

const table = typeTable(NOTE);
const policy = { timeoutMs: 0, now: () => 0 };

let folder: TemporaryFolder;
let connection: SqliteConnection;
let queue: WriteQueue;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  connection = new SqliteConnection(folder.file, 50);
  connection.addTables([table]);
  queue = new WriteQueue({ connection, run: (work) => runWithRetry(connection, policy, work) });
});
afterEach(async () => {
  connection.close();
  await folder.remove();
});

const put = (id: string, attributes: Record<string, unknown> = {}) =>
  queue.add(() =>
    putDocument(connection, table, aNote(id, attributes), { condition: { ifAbsent: true } }),
  );
const storedKeys = (): readonly unknown[] =>
  connection
    .statement(`SELECT key FROM ${table.table} ORDER BY key`)
    .all()
    .map(({ key }) => key);

describe('the queue of writes', () => {
  it('commits writes of one turn in one transaction and a later write separately', async () => {
    const commits: number[] = [];
    const counting = new WriteQueue({
      connection,
      run: (work) => {
        commits.push(1);
        return runWithRetry(connection, policy, work);
      },
    });
    const write = (id: string) => counting.add(() => putDocument(connection, table, aNote(id), {}));
    await Promise.all(['a', 'b', 'c'].map(write));
    expect(commits).toHaveLength(1);
    await write('d');
    expect(commits).toHaveLength(2);
  });

  it('keeps the order of writes to one document', async () => {
    const writes = Array.from({ length: 500 }, (_, rank) =>
      queue.add(() => putDocument(connection, table, aNote('a', { rank }), {})),
    );
    const last = (await Promise.all(writes)).at(-1);
    const row = connection.statement(`SELECT version FROM ${table.table}`).get();
    expect(row?.['version']).toBe(last?.version);
  });

  it('fails only the write that cannot be stored, not other writes of its group', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const results = await Promise.allSettled([put('a'), put('bad', cyclic), put('a'), put('c')]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(storedKeys()).toEqual([noteKey('a'), noteKey('c')]);
  });

  it('stores no write of a group when the disk is full, and works again with free space', async () => {
    await put('before');
    const pages = connection.db.prepare('PRAGMA page_count').get()?.['page_count'];
    connection.db.exec(`PRAGMA max_page_count = ${String(pages)}`);
    const filler = 'x'.repeat(100_000);
    const results = await Promise.allSettled([put('a'), put('b', { filler }), put('c')]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', message: expect.stringContaining('the disk is full') },
      });
    }
    expect(storedKeys()).toEqual([noteKey('before')]);
    connection.db.exec('PRAGMA max_page_count = 100000');
    await Promise.all([put('a'), put('b', { filler })]);
    expect(storedKeys()).toEqual(['a', 'b', 'before'].map(noteKey));
  });
});
