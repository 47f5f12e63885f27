import { describe, expect, it } from 'vitest';
import { aBuildWith, aFirstNote } from '../migrations/note_versions.mock.ts';
import { startTestService } from '../service/test_service.mock.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';

/**
 * Starts a service with three notes. A newer build wrote `n000001`, which this build cannot read.
 */
async function withNewerDocument() {
  const store = createSqliteStore({ path: ':memory:' });
  const started = await startTestService({ types: [aBuildWith(2)], store });
  for (const rank of [0, 1, 2]) {
    const attributes = { title: `t${rank}`, rank, kind: rank === 1 ? 'canary-shape' : 'plain' };
    await store.put({ ...aFirstNote(rank), attributes, modelVersion: rank === 1 ? 7 : 2 });
  }
  return started;
}

const UNREADABLE = {
  code: 'newer_version',
  message: expect.stringMatching(/\[note:n000001\] has model version 7 .* \[note\] up to 2/),
  details: { type: 'note', id: 'n000001' },
};
const keys = ['n000000', 'n000001', 'n000002'].map((id) => ({ type: 'note', id }));

describe('a document of a newer build that this build cannot read', () => {
  it('causes reads by id to fail with an error that names both versions but no value', async () => {
    const { repository } = await withNewerDocument();
    for (const attempt of [
      repository.get('note', 'n000001'),
      repository.getIfExists('note', 'n000001'),
      repository.update('note', 'n000001', { title: 'y' }),
      repository.bulkGet(keys),
    ]) {
      const error: unknown = await attempt.catch((refusal: unknown) => refusal);
      expect(error).toMatchObject(UNREADABLE);
      expect(String(error)).not.toContain('canary');
    }
  });

  it('is skipped in searches with one warning, and other documents are returned', async () => {
    const { repository, logger } = await withNewerDocument();
    for (let i = 0; i < 2; i += 1) {
      const { savedObjects } = await repository.find({ type: 'note' });
      expect(savedObjects.map(({ id }) => id)).toEqual(['n000000', 'n000002']);
    }
    expect(logger.lines).toEqual([
      expect.stringMatching(/^warn: A search skipped a document of a newer build: .*n000001/),
    ]);
  });

  it('is skipped by iterate and bulkGet and passed to their handlers', async () => {
    const { repository } = await withNewerDocument();
    const refused: unknown[] = [];
    const ids: unknown[] = [];
    const onUndecryptable = (_: unknown, error: Error) => refused.push(error);
    for await (const batch of repository.iterate({ type: 'note', onUndecryptable })) {
      ids.push(...batch.map(({ id }) => id));
    }
    const onUnreadable = onUndecryptable;
    const many = await repository.bulkGet(keys, { onUnreadable });
    expect(ids).toEqual(['n000000', 'n000002']);
    expect(many.map((object) => object?.id)).toEqual(['n000000', undefined, 'n000002']);
    expect(refused).toEqual([
      expect.objectContaining(UNREADABLE),
      expect.objectContaining(UNREADABLE),
    ]);
  });

  it('is returned with only the selected attributes when this build can read it', async () => {
    const { repository, store } = await withNewerDocument();
    const attributes = { title: 'new', rank: 1, kind: 'plain', future: true };
    await store.put({ ...aFirstNote(1), attributes, modelVersion: 7 });
    await store.put({ ...aFirstNote(2), attributes: { title: 'old' }, modelVersion: 1 });
    const fields = ['title', 'kind'];
    const expected = [
      { title: 't0', kind: 'plain' },
      { title: 'new', kind: 'plain' },
      expect.objectContaining({ title: 'old' }),
    ];
    const { savedObjects } = await repository.find({ type: 'note', fields });
    expect(savedObjects.map((each) => each.attributes)).toEqual(expected);
    const read = await repository.bulkGet(keys, { fields });
    expect(read.map((each) => each?.attributes)).toEqual(expected);
  });

  it('can be deleted', async () => {
    const { repository } = await withNewerDocument();
    await repository.delete('note', 'n000001');
    expect(await repository.bulkGet(keys)).toMatchObject([{}, undefined, {}]);
  });

  it('prevents the start of this build before any document of another type is changed', async () => {
    const { store } = await withNewerDocument();
    const memo = { ...aBuildWith(1), name: 'memo' };
    await store.prepare([memo]);
    await store.put({ ...aFirstNote(0), key: 'memo:a', type: 'memo' });
    const newMemo = { ...aBuildWith(3), name: 'memo' };
    const start = startTestService({ types: [newMemo, aBuildWith(2)], store });
    await expect(start).rejects.toMatchObject({
      code: 'incompatible',
      message: expect.stringMatching(/version 7 .* up to 2/),
    });
    expect((await store.getMany(['memo:a'], 'memo'))[0]?.modelVersion).toBe(1);
  });

  it('prevents the start, even after thousands of readable documents of another newer version', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    await store.prepare([aNoteType(), aBuildWith(2)]);
    const readable = { title: 'x', kind: 'plain' };
    await Promise.all(
      Array.from({ length: 2_000 }, (_, rank) =>
        store.put({ ...aFirstNote(rank), attributes: readable, modelVersion: 3 }),
      ),
    );
    await startTestService({ types: [aBuildWith(2)], store });
    await store.put({ ...aFirstNote(5_000), attributes: { title: 1 }, modelVersion: 4 });
    const start = startTestService({ types: [aBuildWith(2)], store });
    await expect(start).rejects.toThrow(/model version 4 .* up to 2/);
  });
});
