import { describe, expect, it } from 'vitest';
import { filter } from '../filter/filter.ts';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';
import { createEncryptionMock, DAMAGED } from './encryption.mock.ts';
import type { IterateOptions, SavedObjectsRepository } from './types.ts';

interface Note {
  readonly title: string;
  readonly rank?: number;
  readonly secret?: string;
}

const encryption = createEncryptionMock({ note: { encrypted: ['secret'] } });
const setUp = () => startTestService({ types: [aNoteType()], encryption });

async function createNotes(repository: SavedObjectsRepository, count: number): Promise<void> {
  for (let rank = 1; rank <= count; rank += 1) {
    const note = { title: `note ${rank}`, rank, secret: `s${rank}` };
    await repository.create<Note>('note', note, { id: `n${rank}` });
  }
}

describe('a search for objects', () => {
  it('returns one page and the number of all matches, without encrypted attributes', async () => {
    const { repository } = await setUp();
    await createNotes(repository, 5);
    const result = await repository.find<Note>({
      type: 'note',
      filter: filter.after('rank', 1),
      sort: [{ field: 'rank', order: 'desc' }],
      page: 2,
      perPage: 3,
    });
    expect(result).toMatchObject({ total: 4, page: 2, perPage: 3 });
    expect(result.savedObjects.map(({ attributes }) => attributes)).toStrictEqual([
      { title: 'note 2', rank: 2 },
    ]);
  });

  it('searches the default space when no namespaces are given', async () => {
    const { repository } = await setUp();
    await repository.create<Note>('note', { title: 'x' }, { id: 'a' });
    await repository.create<Note>('note', { title: 'x' }, { id: 'b', namespace: 'team' });
    const ids = async (namespaces?: readonly string[]): Promise<readonly string[]> => {
      const options = { type: 'note', ...(namespaces === undefined ? {} : { namespaces }) };
      const { savedObjects } = await repository.find(options);
      return savedObjects.map(({ id, namespace }) => `${namespace}/${id}`);
    };
    expect(await ids()).toEqual(['default/a']);
    expect(await ids(['team'])).toEqual(['team/b']);
    expect((await ids(['*'])).toSorted()).toEqual(['default/a', 'team/b']);
    expect(await ids([])).toEqual([]);
  });

  it.each([undefined, encryption])(
    'returns the attributes in `fields` only, never ciphertext (%#)',
    async (extension) => {
      const { repository } = await startTestService({
        types: [aNoteType()],
        ...(extension === undefined ? {} : { encryption: extension }),
      });
      await createNotes(repository, 2);
      const fields = ['rank', 'tags'];
      const expected = [{ rank: 1 }, { rank: 2 }];
      const { savedObjects } = await repository.find({ type: 'note', fields });
      expect(savedObjects.map(({ attributes }) => attributes)).toStrictEqual(expected);
      const keys = ['n1', 'n2'].map((id) => ({ type: 'note', id }));
      const read = await repository.bulkGet(keys, { fields });
      expect(read.map((object) => object?.attributes)).toStrictEqual(expected);
      for await (const batch of repository.iterate({ type: 'note', fields }))
        expect(batch.map(({ attributes }) => attributes)).toStrictEqual(expected);
      const secret = { type: 'note', fields: ['secret'], decrypt: true };
      for await (const batch of repository.iterate(secret))
        expect(batch.map(({ attributes }) => attributes)).toStrictEqual([
          { secret: 's1' },
          { secret: 's2' },
        ]);
    },
  );

  it('reads attributes outside of `fields` from the store only when it has to decrypt', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const inner = createSqliteStore({ path: ':memory:' });
    const store: DocumentStore = {
      ...inner,
      iterate: (request) => {
        asked.push(request.fields?.names);
        return inner.iterate(request);
      },
    };
    const { repository } = await startTestService({ types: [aNoteType()], encryption, store });
    await createNotes(repository, 1);
    for (const decrypt of [false, true])
      for await (const batch of repository.iterate({ type: 'note', fields: ['rank'], decrypt }))
        expect(batch.map(({ attributes }) => attributes)).toStrictEqual([{ rank: 1 }]);
    expect(asked).toEqual([['rank'], undefined]);
  });

  it('refuses an attribute in `fields` that the type does not have', async () => {
    const { repository } = await setUp();
    const refused = { code: 'invalid_attributes', details: { attribute: 'color' } };
    const fields = ['color'];
    await expect(repository.find({ type: 'note', fields })).rejects.toMatchObject(refused);
    const keys = [{ type: 'note', id: 'a' }];
    await expect(repository.bulkGet(keys, { fields })).rejects.toMatchObject(refused);
  });

  it('refuses a field without a mapping with [invalid_attributes]', async () => {
    const { repository } = await setUp();
    const search = repository.find({ type: 'note', filter: filter.equals('secret', 'x') });
    await expect(search).rejects.toMatchObject({
      code: 'invalid_attributes',
      details: { type: 'note', attribute: 'secret' },
    });
  });

  it.each([
    [0, 10],
    [-1, 10],
    [1.5, 10],
    [1, -1],
    [101, 100],
    [1, 10_001],
    [Number.NaN, 10],
  ])('refuses the page %o with %o objects per page', async (page, perPage) => {
    const { repository } = await setUp();
    const search = repository.find({ type: 'note', page, perPage });
    await expect(search).rejects.toMatchObject({ details: { attribute: 'page' } });
  });
});

describe('an iteration over objects', () => {
  const idsOf = async (
    repository: SavedObjectsRepository,
    options: Partial<IterateOptions> = {},
  ): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const batch of repository.iterate<Note>({ type: 'note', ...options })) {
      ids.push(...batch.map(({ id, attributes }) => `${id}:${attributes.secret ?? ''}`));
    }
    return ids;
  };

  it('yields all objects in batches, decrypted only on request', async () => {
    const { repository } = await setUp();
    await createNotes(repository, 5);
    expect(await idsOf(repository, { batchSize: 2 })).toEqual(['n1:', 'n2:', 'n3:', 'n4:', 'n5:']);
    const early = { filter: filter.before('rank', 3), decrypt: true };
    expect(await idsOf(repository, early)).toEqual(['n1:s1', 'n2:s2']);
  });

  it('reports an object that cannot be decrypted and continues', async () => {
    const { repository, store } = await setUp();
    await createNotes(repository, 3);
    const [damaged] = await store.getMany(['note:n2'], 'note');
    if (damaged === undefined) throw new Error('The note does not exist.');
    await store.put({ ...damaged, attributes: { ...damaged.attributes, secret: DAMAGED } });
    const reported: unknown[] = [];
    const onUndecryptable: IterateOptions['onUndecryptable'] = (key, error) => {
      reported.push([key, error]);
    };
    const ids = await idsOf(repository, { decrypt: true, batchSize: 1, onUndecryptable });
    expect(ids).toEqual(['n1:s1', 'n3:s3']);
    expect(reported).toEqual([
      [
        { type: 'note', id: 'n2', namespace: 'default' },
        expect.objectContaining({ code: 'undecryptable' }),
      ],
    ]);
  });
});
