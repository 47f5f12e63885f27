import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { filter } from '../filter/filter.ts';
import { createEncryptionMock, DAMAGED } from '../repository/encryption.mock.ts';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aBuildWith, aFirstNote } from './note_versions.mock.ts';

const plain = { type: 'note', filter: filter.equals('kind', 'plain') };

async function bothBuilds(rollingMigrationIntervalMs?: number) {
  const store = createSqliteStore({ path: ':memory:' });
  const older = await startTestService({ types: [aBuildWith(1)], store });
  const newer = await startTestService({
    types: [aBuildWith(3)],
    store,
    ...(rollingMigrationIntervalMs === undefined ? {} : { rollingMigrationIntervalMs }),
  });
  return { store, older, newer };
}

async function versionsIn(store: DocumentStore): Promise<readonly number[]> {
  const { documents } = await store.search({ types: ['note'], limit: 100 });
  return documents.map(({ modelVersion }) => modelVersion);
}

describe('documents that an older build writes after the migration at start', () => {
  it('are found by an attribute that a newer version fills in', async () => {
    const { store, older, newer } = await bothBuilds();
    await older.repository.create('note', { title: 'late' }, { id: 'a' });
    const { savedObjects } = await newer.repository.find(plain);
    expect(savedObjects).toMatchObject([{ id: 'a', attributes: { kind: 'plain', words: 1 } }]);
    expect(await versionsIn(store)).toEqual([3]);
    await older.repository.create('note', { title: 'later' }, { id: 'b' });
    const ids: string[] = [];
    for await (const batch of newer.repository.iterate(plain)) {
      ids.push(...batch.map(({ id }) => id));
    }
    expect(ids).toEqual(['a', 'b']);
  });

  it('are found by every concurrent search that begins after they were written', async () => {
    const { older, newer } = await bothBuilds();
    for (let round = 1; round <= 5; round += 1) {
      const early = newer.repository.find(plain);
      await older.repository.create('note', { title: 'late' }, { id: `n${round}` });
      const totals = await Promise.all(
        [1, 2, 3].map(async () => (await newer.repository.find(plain)).total),
      );
      expect(totals).toEqual([round, round, round]);
      await early;
    }
  });

  it('are not migrated by a search that uses attributes of version 1 only', async () => {
    const { store, older, newer } = await bothBuilds();
    await older.repository.create('note', { title: 'late', rank: 1 }, { id: 'a' });
    const byRank = { type: 'note', filter: filter.equals('rank', 1) };
    expect((await newer.repository.find(byRank)).total).toBe(1);
    expect(await versionsIn(store)).toEqual([1]);
  });

  it('are migrated periodically until the service is stopped', async () => {
    const { store, older, newer } = await bothBuilds(5);
    await older.repository.create('note', { title: 'late' }, { id: 'a' });
    while ((await versionsIn(store))[0] !== 3) await sleep(5);
    const stopped = newer.service.stop();
    await expect(stopped).resolves.toBeUndefined();
  });

  it('are reported only once, not in every run, when they are damaged', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    await store.prepare([aBuildWith(1)]);
    const encryption = createEncryptionMock({ note: { encrypted: ['secret'] } });
    const damaged = { ...aFirstNote(0), attributes: { title: 'x', secret: DAMAGED } };
    await store.put(damaged);
    const { repository, logger } = await startTestService({
      types: [aBuildWith(2)],
      store,
      encryption,
    });
    for (let i = 0; i < 3; i += 1) expect((await repository.find(plain)).total).toBe(0);
    expect(logger.lines).toEqual([expect.stringContaining('1 [note] objects cannot be decrypted')]);
    await store.put({ ...damaged, key: 'note:other' });
    await store.put(aFirstNote(2));
    expect((await repository.find(plain)).total).toBe(1);
    expect(logger.lines.slice(1)).toEqual([
      expect.stringContaining(': 1 migrated'),
      expect.stringContaining('2 [note] objects cannot be decrypted'),
    ]);
  });
});
