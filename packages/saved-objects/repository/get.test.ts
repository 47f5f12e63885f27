import { describe, expect, it } from 'vitest';
import { startTestService } from '../service/test_service.mock.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';
import { SavedObjectError } from './saved_object_error.ts';

const hidden = aNoteType({ name: 'hidden_note', hidden: true });
const agnostic = aNoteType({ name: 'global', namespaceType: 'agnostic' });
const setUp = () => startTestService({ types: [aNoteType(), hidden, agnostic] });

describe('reading an object', () => {
  it('throws the same [not_found] for a missing object and one of another space', async () => {
    const { repository } = await setUp();
    const failure = async (): Promise<unknown> =>
      repository.get('note', 'a', { namespace: 'team' }).catch((error: unknown) => error);
    const missing = await failure();
    await repository.create('note', { title: 'x' }, { id: 'a' });
    const elsewhere = await failure();
    expect(missing).toBeInstanceOf(SavedObjectError);
    expect(missing).toMatchObject({ code: 'not_found', details: { type: 'note', id: 'a' } });
    expect(String(elsewhere)).toBe(String(missing));
    expect(await repository.getIfExists('note', 'a', { namespace: 'team' })).toBeUndefined();
  });

  it.each(['', '\u0000', 'a\u0001', 'a\ud800', 'x'.repeat(513)])(
    'finds no object for the invalid id %j in any operation',
    async (id) => {
      const { repository } = await setUp();
      const missing = { code: 'not_found', details: { type: 'note', id } };
      await expect(repository.get('note', id)).rejects.toMatchObject(missing);
      await expect(repository.update('note', id, { title: 'y' })).rejects.toMatchObject(missing);
      await expect(repository.delete('note', id)).rejects.toMatchObject(missing);
      expect(await repository.getIfExists('note', id)).toBeUndefined();
      await repository.create('note', { title: 'x' }, { id: 'a' });
      const keys = [
        { type: 'note', id },
        { type: 'note', id: 'a' },
      ];
      expect((await repository.bulkGet(keys)).map((note) => note?.id)).toEqual([undefined, 'a']);
      await expect(repository.create('note', { title: 'x' }, { id })).rejects.toMatchObject({
        code: 'invalid_attributes',
      });
    },
  );

  it('supports ids of any printable characters and matches them exactly', async () => {
    const { repository } = await setUp();
    const ids = [
      'a:b',
      "a'b",
      'a%',
      'a_',
      '*',
      'é',
      'e\u0301',
      '🔑',
      'A',
      'a',
      ' a',
      'x'.repeat(512),
    ];
    for (const id of ids) await repository.create('note', { title: id.slice(0, 50) }, { id });
    for (const id of ids) {
      expect((await repository.get('note', id)).attributes).toEqual({ title: id.slice(0, 50) });
      expect((await repository.get('note', id)).id).toBe(id);
    }
  });

  it('throws the same [unknown_type] for a hidden type and one that does not exist', async () => {
    const { repository } = await setUp();
    const failures = await Promise.all(
      ['hidden_note', 'no_such_note'].map((type) =>
        repository.get(type, 'a').catch((error: unknown) => String(error).replace(type, '…')),
      ),
    );
    expect(failures[0]).toBe(failures[1]);
    await expect(repository.get('hidden_note', 'a')).rejects.toMatchObject({
      code: 'unknown_type',
    });
  });

  it('allows access to a hidden type in a repository that names it', async () => {
    const { start } = await setUp();
    const repository = start.createRepository({ includedHiddenTypes: ['hidden_note'] });
    await repository.create('hidden_note', { title: 'x' }, { id: 'a' });
    expect(await repository.get('hidden_note', 'a')).toMatchObject({ attributes: { title: 'x' } });
    await expect(repository.get('note', 'a')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses every operation on a hidden type that the repository does not name', async () => {
    const { repository } = await setUp();
    const iterate = async (): Promise<void> => {
      for await (const _ of repository.iterate({ type: 'hidden_note' })) break;
    };
    const operations = [
      () => repository.create('hidden_note', { title: 'x' }),
      () => repository.getIfExists('hidden_note', 'a'),
      () => repository.bulkGet([{ type: 'hidden_note', id: 'a' }]),
      () => repository.update('hidden_note', 'a', {}),
      () => repository.delete('hidden_note', 'a'),
      () => repository.find({ type: ['note', 'hidden_note'] }),
      iterate,
    ];
    for (const operation of operations) {
      await expect(operation()).rejects.toMatchObject({ code: 'unknown_type' });
    }
  });

  it('throws [store_unavailable] with type and id when the store is closed', async () => {
    const { repository, service } = await setUp();
    await service.stop();
    await expect(repository.get('note', 'a')).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { type: 'note', id: 'a' },
      cause: { name: 'StoreError' },
    });
  });
});

describe('reading many objects', () => {
  it('returns objects of several types and spaces in order, and undefined for missing ones', async () => {
    const { repository } = await setUp();
    await repository.create('note', { title: 'a' }, { id: 'a' });
    await repository.create('note', { title: 'b' }, { id: 'b', namespace: 'team' });
    await repository.create('global', { title: 'g' }, { id: 'a' });
    const objects = await repository.bulkGet([
      { type: 'note', id: 'b', namespace: 'team' },
      { type: 'note', id: 'b' },
      { type: 'global', id: 'a' },
      { type: 'note', id: 'missing' },
      { type: 'note', id: 'a' },
      { type: 'note', id: 'a' },
    ]);
    const titles = objects.map((object) => object?.attributes);
    expect(titles).toEqual([
      { title: 'b' },
      undefined,
      { title: 'g' },
      undefined,
      { title: 'a' },
      { title: 'a' },
    ]);
  });

  it('does not block the event loop while it reads many objects', async () => {
    const { repository } = await setUp();
    const keys = Array.from({ length: 1_000 }, (_, i) => ({ type: 'note', id: `n${i}` }));
    await Promise.all(keys.map(({ id }) => repository.create('note', { title: id }, { id })));
    let turns = 0;
    let next = setImmediate(function turn() {
      turns += 1;
      next = setImmediate(turn);
    });
    const objects = await repository.bulkGet(keys);
    clearImmediate(next);
    expect(objects.map((object) => object?.id)).toEqual(keys.map(({ id }) => id));
    expect(turns).toBeGreaterThan(3);
  });
});
