import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DocumentStore } from '../store/document_store.ts';
import { runScript } from '../stores/sqlite/child_process.mock.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../stores/sqlite/sqlite_store.mock.ts';
import { aBuildWith, aFirstNote } from './note_versions.mock.ts';

// Starting processes takes long where all cores are busy.
jest.setTimeout(60_000);

const SCRIPT = new URL('./migrate_process.mock.ts', import.meta.url);
const COUNT = 20_000;

describe('migration in other processes', () => {
  let folder: TemporaryFolder;
  let store: DocumentStore;

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    store = createSqliteStore({ path: folder.file });
    await store.prepare([aBuildWith(1)]);
    await Promise.all(Array.from({ length: COUNT }, (_, rank) => store.put(aFirstNote(rank))));
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  const countByVersion = async (): Promise<Record<number, number>> => {
    const counts: Record<number, number> = {};
    for await (const batch of store.iterate({ types: ['note'], batchSize: 1000 })) {
      for (const { modelVersion, attributes } of batch) {
        counts[modelVersion] = (counts[modelVersion] ?? 0) + 1;
        const isMigrated = attributes['kind'] === 'plain' && attributes['words'] === 3;
        expect(isMigrated).toBe(modelVersion === 3);
      }
    }
    return counts;
  };

  it('goes on where a killed process left off, and loses nothing', async () => {
    const first = runScript(SCRIPT, folder.file, '3');
    expect(await first.nextLine()).toContain('so far');
    await first.killHard();
    const { 1: left = 0, 3: done = 0 } = await countByVersion();
    expect(left + done).toBe(COUNT);
    expect(Math.min(left, done)).toBeGreaterThan(0);

    const second = runScript(SCRIPT, folder.file, '3');
    const lines = await second.restOfLines();
    expect(lines).toContain(`Migrated ${left} [note] objects to model version 3 in all.`);
    expect(lines).toContain('started');
    expect(await countByVersion()).toEqual({ 3: COUNT });
  });

  it('is safe in two processes at once: each document is migrated by exactly one', async () => {
    const scripts = [1, 2].map(() => runScript(SCRIPT, folder.file, '3'));
    const outputs = await Promise.all(scripts.map((script) => script.restOfLines()));
    expect(outputs.map((lines) => lines.at(-1))).toEqual(['started', 'started']);
    const migrated = outputs
      .flat()
      .map((line) => Number(/Migrated (\d+) .* in all/.exec(line)?.[1] ?? 0));
    expect(migrated.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
    expect(await countByVersion()).toEqual({ 3: COUNT });
  });
});
