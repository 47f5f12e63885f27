import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNote, GLOBAL, idsOf, NOTE, noteKey } from '../../conformance/documents.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { type RunningScript, runScript } from './child_process.mock.ts';
import { createSqliteStore } from './index.ts';
import { createTemporaryFolder, type TemporaryFolder } from './sqlite_store.mock.ts';

const script = (name: string): URL => new URL(`./${name}.mock.ts`, import.meta.url);

let folder: TemporaryFolder;
let store: DocumentStore;
let scripts: RunningScript[] = [];

const run = (name: string, ...args: readonly string[]): RunningScript => {
  const running = runScript(script(name), folder.file, ...args);
  scripts.push(running);
  return running;
};

beforeEach(async () => {
  folder = await createTemporaryFolder();
  store = createSqliteStore({ path: folder.file });
});
afterEach(async () => {
  for (const running of scripts) await running.killHard();
  scripts = [];
  await store.close();
  await folder.remove();
});

describe('a killed process', () => {
  it('loses no acknowledged write and leaves no partial write, in ten rounds', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const writer = run('write_forever', `r${round}`);
      // Each round kills the process at another point within the first 200 writes.
      const killAfter = 1 + 20 * round;
      for (let line = 0; line < killAfter; line += 1) {
        const id = await writer.nextLine();
        if (id !== undefined) acknowledged.push(id);
      }
      await writer.killHard();
      acknowledged.push(...(await writer.restOfLines()));
    }

    await store.prepare([NOTE, GLOBAL]);
    const read = await store.getMany(acknowledged.map(noteKey), NOTE.name);
    const lost = acknowledged.filter((_, i) => read[i] === undefined);
    expect(lost).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(10);

    for await (const batch of store.iterate({ types: [NOTE.name], batchSize: 500 })) {
      const ids = idsOf(batch);
      const whole = ids.map((id) => ({ title: id, filler: id.repeat(40) }));
      expect(batch.map(({ attributes }) => attributes)).toEqual(whole);
    }
    await store.close();
    const db = new DatabaseSync(folder.file);
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    db.close();
  });
});

describe('two processes on one file', () => {
  it('let each compare-and-set succeed in exactly one of them', async () => {
    const competitors = [run('compete'), run('compete')];
    await store.prepare([NOTE, GLOBAL]);
    for (const competitor of competitors) expect(await competitor.nextLine()).toBe('ready');

    let version = 'absent';
    for (let round = 0; round < 30; round += 1) {
      for (const competitor of competitors) competitor.send(version);
      const results = await Promise.all(competitors.map((competitor) => competitor.nextLine()));
      expect(results.toSorted()).toEqual(['lost', 'won']);
      const [document] = await store.getMany([noteKey('contested')], NOTE.name);
      expect(document?.version).not.toBe(version);
      version = document?.version ?? '';
    }
  });

  it('can create the tables of a new file at the same time', async () => {
    const starters = Array.from({ length: 4 }, () => run('compete'));
    const ready = await Promise.all(starters.map((starter) => starter.nextLine()));
    expect(ready).toEqual(['ready', 'ready', 'ready', 'ready']);
  });
});

describe('a database file that another process has locked', () => {
  it('does not block the event loop while a write waits for it', async () => {
    await store.prepare([NOTE, GLOBAL]);
    const { holder, written } = await writeWhileLocked();
    const turned = new Promise((resolve) => setTimeout(resolve, 1, 'the event loop turns'));
    await expect(Promise.race([written, turned])).resolves.toBe('the event loop turns');
    holder.send('release');
    await expect(written).resolves.toMatchObject({ key: noteKey('a') });
  });

  it('can still be read', async () => {
    await store.prepare([NOTE, GLOBAL]);
    const { holder, written } = await writeWhileLocked();
    expect(await store.getMany([noteKey('a')], NOTE.name)).toEqual([undefined]);
    holder.send('release');
    await written;
  });

  it('causes a write to fail after the timeout with a message for the operator', async () => {
    let now = 0;
    const waiting = createSqliteStore({
      path: folder.file,
      busyTimeoutMs: 1,
      now: () => (now += 1_000),
    });
    await waiting.prepare([NOTE, GLOBAL]);
    const holder = run('hold_lock');
    expect(await holder.nextLine()).toBe('locked');
    const put = waiting.put(aNote('a'));
    await expect(put).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('stayed locked by another process'),
    });
    await expect(waiting.ping()).rejects.toMatchObject({ code: 'unavailable' });
    await waiting.close();
  });

  async function writeWhileLocked() {
    const holder = run('hold_lock');
    expect(await holder.nextLine()).toBe('locked');
    return { holder, written: store.put(aNote('a')) };
  }
});
