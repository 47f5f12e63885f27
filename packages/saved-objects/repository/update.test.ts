import { describe, expect, it } from 'vitest';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';

interface Note {
  readonly title: string;
  readonly owner?: string;
  readonly rank?: number;
}

const setUp = (store?: DocumentStore) =>
  startTestService({ types: [aNoteType()], ...(store === undefined ? {} : { store }) });

describe('updating an object', () => {
  it('merges attributes, removes undefined ones and keeps `createdAt` and references', async () => {
    let now = Date.parse('2030-01-01T00:00:00Z');
    const { repository } = await startTestService({ types: [aNoteType()], now: () => now });
    const references = [{ name: 'parent', type: 'note', id: 'p' }];
    const before = { title: 'x', owner: 'o', rank: 1 };
    const created = await repository.create<Note>('note', before, { id: 'a', references });
    now += 5_000;
    const updated = await repository.update<Note>('note', 'a', { rank: 2, owner: undefined });
    expect(updated).toStrictEqual({
      ...created,
      attributes: { title: 'x', rank: 2 },
      version: updated.version,
      updatedAt: new Date(now),
    });
    expect(updated.version).not.toBe(created.version);
    expect(await repository.get('note', 'a')).toStrictEqual(updated);
  });

  it('replaces references when given', async () => {
    const { repository } = await setUp();
    const references = [{ name: 'parent', type: 'note', id: 'p' }];
    await repository.create<Note>('note', { title: 'x' }, { id: 'a', references });
    await repository.update<Note>('note', 'a', {}, { references: [] });
    expect((await repository.get('note', 'a')).references).toEqual([]);
  });

  it('fails when the given version is outdated', async () => {
    const { repository } = await setUp();
    const { version } = await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    await repository.update<Note>('note', 'a', { rank: 1 }, { version });
    const outdated = repository.update<Note>('note', 'a', { rank: 2 }, { version });
    await expect(outdated).rejects.toMatchObject({ code: 'conflict' });
    expect((await repository.get<Note>('note', 'a')).attributes.rank).toBe(1);
  });

  it('succeeds for exactly one of many updates with the same version', async () => {
    const { repository } = await setUp();
    const { version } = await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((rank) => repository.update<Note>('note', 'a', { rank }, { version })),
    );
    const lost = results.filter(({ status }) => status === 'rejected');
    expect(lost).toHaveLength(4);
    for (const result of lost) expect(result).toMatchObject({ reason: { code: 'conflict' } });
  });

  it('merges again when another writer changes the object meanwhile', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const { repository } = await setUp(storeWithForeignWrites(store, 3));
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const updated = await repository.update<Note>('note', 'a', { title: 'mine' });
    expect(updated.attributes).toEqual({ title: 'mine', rank: 3 });
  });

  it('throws [conflict] when other writers change the object on every attempt', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const { repository } = await setUp(storeWithForeignWrites(store, 4));
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const update = repository.update<Note>('note', 'a', { title: 'mine' });
    await expect(update).rejects.toMatchObject({ code: 'conflict' });
  });

  it('validates the merged object, and does not change the stored one when validation fails', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    const removal = repository.update<Note>('note', 'a', { title: undefined });
    await expect(removal).rejects.toMatchObject({ details: { attribute: 'title' } });
    const unknown = repository.update<{ other: number }>('note', 'a', { other: 1 });
    await expect(unknown).rejects.toMatchObject({ details: { attribute: 'other' } });
    expect((await repository.get('note', 'a')).attributes).toEqual({ title: 'x' });
  });

  it('does not find an object of another space', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a', namespace: 'team' });
    const update = repository.update<Note>('note', 'a', { rank: 1 });
    await expect(update).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('deleting an object', () => {
  it('deletes the object and throws [not_found] the second time', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    await repository.delete('note', 'a');
    await expect(repository.delete('note', 'a')).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['multiple-isolated', 'agnostic'] as const)(
    'fails unless the given version is current, for a type that is %s',
    async (namespaceType) => {
      const { repository } = await startTestService({ types: [aNoteType({ namespaceType })] });
      const { version } = await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
      const next = await repository.update<Note>('note', 'a', { rank: 1 });
      const outdated = repository.delete('note', 'a', { version });
      await expect(outdated).rejects.toMatchObject({ code: 'conflict' });
      await repository.delete('note', 'a', { version: next.version });
      expect(await repository.getIfExists('note', 'a')).toBeUndefined();
    },
  );

  it('does not delete an object of another space', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a', namespace: 'team' });
    await expect(repository.delete('note', 'a')).rejects.toMatchObject({ code: 'not_found' });
    await expect(repository.get('note', 'a', { namespace: 'team' })).resolves.toBeDefined();
  });

  it('deletes an object that other writers change at the same time', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const { repository } = await setUp(storeWithForeignWrites(store, 3));
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    await repository.delete('note', 'a');
    expect(await repository.getIfExists('note', 'a')).toBeUndefined();
  });
});

/**
 * Wraps a store, so that a document changes after each read and the next write of the reader has a
 * conflict.
 * @param times number of reads after which it changes
 */
function storeWithForeignWrites(store: DocumentStore, times: number): DocumentStore {
  let rank = 0;
  return {
    ...store,
    getMany: async (keys, type) => {
      const documents = await store.getMany(keys, type);
      for (const document of documents) {
        if (document === undefined || rank >= times) continue;
        rank += 1;
        const { version: _, ...rest } = document;
        await store.put({ ...rest, attributes: { ...rest.attributes, rank } });
      }
      return documents;
    },
  };
}
