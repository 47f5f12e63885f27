import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEncryptionMock, DAMAGED } from '../repository/encryption.mock.ts';
import { startTestService } from '../service/test_service.mock.ts';
import type { DocumentStore, StoredDocument } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import type { ModelVersionChange } from '../types/saved_objects_type.ts';
import { aBuildWith, aFirstNote } from './note_versions.mock.ts';

interface Note {
  readonly title: string;
  readonly rank?: number;
  readonly secret?: string;
  readonly kind?: string;
  readonly words?: number;
}

async function storeWithFirstNotes(count: number): Promise<DocumentStore> {
  const store = createSqliteStore({ path: ':memory:' });
  await store.prepare([aBuildWith(1)]);
  await Promise.all(Array.from({ length: count }, (_, rank) => store.put(aFirstNote(rank))));
  return store;
}

async function allOf(store: DocumentStore): Promise<readonly StoredDocument[]> {
  const all: StoredDocument[] = [];
  for await (const batch of store.iterate({ types: ['note'], batchSize: 1000 })) all.push(...batch);
  return all;
}

/** The type of the second build, with a migration that throws for one value. */
function aBuildThatFailsOn(value: string) {
  const type = aBuildWith(2);
  const [first, last] = Object.values(type.modelVersions);
  if (first === undefined || last === undefined) throw new Error('There are two versions.');
  const changes: readonly ModelVersionChange[] = [
    {
      type: 'data_backfill',
      backfill: ({ rank }) => {
        if (rank === value) throw new TypeError(`Cannot use ${value}`);
        return { kind: 'plain' };
      },
    },
  ];
  const second = { ...type, modelVersions: { 1: first, 2: { ...last, changes } } };
  return { type: type.name, second };
}

describe('migration at start', () => {
  it('migrates all documents to the newest version and keeps `updatedAt`', async () => {
    const store = await storeWithFirstNotes(450);
    const { logger } = await startTestService({ types: [aBuildWith(3)], store });
    for (const [rank, { attributes, modelVersion, updatedAt }] of (await allOf(store)).entries()) {
      const title = `note number ${rank}`;
      expect(attributes).toStrictEqual({ title, rank, kind: 'plain', words: 3 });
      expect({ modelVersion, updatedAt }).toEqual({
        modelVersion: 3,
        updatedAt: aFirstNote(rank).updatedAt,
      });
    }
    expect(logger.lines).toEqual([
      'info: Finished the migration of [note] objects to model version 3: 450 migrated',
    ]);
  });

  it.each([
    [undefined, 200],
    [['title'], 10],
  ])('with the large attributes %j, reads %d documents at a time', async (large, expected) => {
    const store = await storeWithFirstNotes(250);
    const sizes: number[] = [];
    const observed: DocumentStore = {
      ...store,
      iterate: async function* (request) {
        for await (const batch of store.iterate(request)) {
          sizes.push(batch.length);
          yield batch;
        }
      },
    };
    const type = { ...aBuildWith(3), ...(large === undefined ? {} : { largeAttributes: large }) };
    await startTestService({ types: [type], store: observed });
    expect(Math.max(...sizes)).toBe(expected);
    expect((await allOf(store)).every(({ modelVersion }) => modelVersion === 3)).toBe(true);
  });

  it('writes and logs nothing when it is repeated', async () => {
    const store = await storeWithFirstNotes(20);
    await startTestService({ types: [aBuildWith(3)], store });
    const before = await allOf(store);
    const { logger } = await startTestService({ types: [aBuildWith(3)], store });
    expect(await allOf(store)).toEqual(before);
    expect(logger.lines).toEqual([]);
  });

  it('does not overwrite a document that another writer changed after it was read', async () => {
    const store = await storeWithFirstNotes(3);
    const busy: DocumentStore = {
      ...store,
      iterate: async function* (request) {
        for await (const batch of store.iterate(request)) {
          await store.put({ ...aFirstNote(1), attributes: { title: 'theirs' } });
          yield batch;
        }
      },
    };
    const { repository } = await startTestService({ types: [aBuildWith(2)], store: busy });
    const documents = await allOf(store);
    expect(documents.map(({ modelVersion }) => modelVersion)).toEqual([2, 1, 2]);
    const { attributes } = await repository.get('note', 'n000001');
    expect(attributes).toStrictEqual({ title: 'theirs', kind: 'plain' });
  });

  it('encrypts ciphertext again when the migration fills an attribute to which the ciphertext is bound', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const encryption = createEncryptionMock({ note: { encrypted: ['secret'], bound: ['kind'] } });
    const old = await startTestService({ types: [aBuildWith(1)], store, encryption });
    await old.repository.create<Note>('note', { title: 'x', secret: 's' }, { id: 'a' });
    const { repository } = await startTestService({ types: [aBuildWith(2)], store, encryption });
    const { attributes } = await repository.get('note', 'a', { decrypt: true });
    expect(attributes).toStrictEqual({ title: 'x', secret: 's', kind: 'plain' });
  });

  it('leaves a document that cannot be decrypted in its old version and logs a warning', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const encryption = createEncryptionMock({ note: { encrypted: ['secret'] } });
    await store.prepare([aBuildWith(1)]);
    const damaged = { ...aFirstNote(0), attributes: { title: 'x', secret: DAMAGED } };
    await store.put(damaged);
    const started = await startTestService({ types: [aBuildWith(2)], store, encryption });
    expect(await allOf(store)).toMatchObject([damaged]);
    expect(started.logger.lines).toEqual([
      expect.stringContaining('warn: 1 [note] objects cannot be decrypted'),
    ]);
    expect(await started.repository.get('note', 'n000000')).toMatchObject({
      attributes: { title: 'x', kind: 'plain' },
    });
  });

  it('skips and names a document whose change throws, and migrates the others', async () => {
    const store = await storeWithFirstNotes(3);
    const broken = { ...aFirstNote(1), attributes: { title: 'x', rank: 'canary-rank' } };
    await store.put(broken);
    await store.put({ ...aFirstNote(2), modelVersion: 0 });
    const { type, second } = aBuildThatFailsOn('canary-rank');
    const { logger, repository } = await startTestService({ types: [second], store });
    expect((await allOf(store)).map(({ modelVersion }) => modelVersion)).toEqual([2, 1, 0]);
    expect(logger.lines).toEqual([
      expect.stringContaining('[note] objects to model version 2: 1 migrated'),
      expect.stringContaining('2 [note] objects are damaged'),
    ]);
    expect(logger.lines[1]).toContain('(n000001, n000002)');
    const read = repository.get(type, 'n000001');
    await expect(read).rejects.toThrow(
      'Document [note:n000001] cannot be migrated from model version 1 to 2: a change failed with TypeError.',
    );
    await expect(read).rejects.not.toThrow('canary');
  });

  it('logs its progress after every 1000 documents, and its end', async () => {
    const store = await storeWithFirstNotes(2_300);
    const { logger } = await startTestService({ types: [aBuildWith(3)], store });
    expect(logger.lines).toEqual([
      'info: Migrating [note] objects to model version 3: 1000 of 2300 migrated',
      'info: Migrating [note] objects to model version 3: 2000 of 2300 migrated',
      'info: Finished the migration of [note] objects to model version 3: 2300 migrated',
    ]);
  });

  it('refuses to start on documents of a newer build that it cannot read, and names both versions', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const newer = await startTestService({ types: [aBuildWith(3)], store });
    await newer.repository.create<Note>('note', { title: 'x', kind: 'shiny', words: 1 });
    const start = startTestService({ types: [aBuildWith(2)], store });
    await expect(start).rejects.toMatchObject({
      code: 'incompatible',
      message: expect.stringMatching(/model version 3 .* up to 2/),
    });
  });
});

describe('migration on read', () => {
  it('returns outdated documents in the newest version before they are written', async () => {
    const { repository, store } = await startTestService({ types: [aBuildWith(3)] });
    await store.put(aFirstNote(7));
    const expected = { title: 'note number 7', rank: 7, kind: 'plain', words: 3 };
    expect((await repository.get('note', 'n000007')).attributes).toStrictEqual(expected);
    const { savedObjects } = await repository.find({ type: 'note' });
    expect(savedObjects[0]?.attributes).toStrictEqual(expected);
    expect((await allOf(store))[0]?.modelVersion).toBe(1);
  });

  it('decrypts ciphertext that was bound before the migration', async () => {
    const encryption = createEncryptionMock({ note: { encrypted: ['secret'], bound: ['kind'] } });
    const { repository, store } = await startTestService({ types: [aBuildWith(2)], encryption });
    const attributes = encryption.encrypt(
      { type: 'note', id: 'n000001' },
      { title: 'x', secret: 's' },
    );
    await store.put({ ...aFirstNote(1), attributes });
    const expected = { title: 'x', secret: 's', kind: 'plain' };
    const read = await repository.get('note', 'n000001', { decrypt: true });
    expect(read.attributes).toStrictEqual(expected);
    const updated = await repository.update<Note>('note', 'n000001', { rank: 1 });
    expect(updated.attributes).toStrictEqual({ ...expected, rank: 1 });
    const again = await repository.get('note', 'n000001', { decrypt: true });
    expect(again.attributes).toStrictEqual({ ...expected, rank: 1 });
  });

  it('writes the newest version in an update', async () => {
    const { repository, store } = await startTestService({ types: [aBuildWith(3)] });
    await store.put(aFirstNote(7));
    await repository.update<Note>('note', 'n000007', { rank: 8 });
    expect(await allOf(store)).toMatchObject([
      { modelVersion: 3, attributes: { rank: 8, kind: 'plain', words: 3 } },
    ]);
  });
});

describe('an older build beside a newer one', () => {
  async function setUp(attributes: Note) {
    const store = createSqliteStore({ path: ':memory:' });
    const older = await startTestService({ types: [aBuildWith(2)], store });
    const newer = await startTestService({ types: [aBuildWith(3)], store });
    await newer.repository.create<Note>('note', attributes, { id: 'a' });
    return { store, older: older.repository, newer: newer.repository };
  }
  const NEWER_NOTE = { title: 'x', kind: 'rich', words: 1 };

  it('does not return attributes that the older build does not know', async () => {
    const { older } = await setUp(NEWER_NOTE);
    const { attributes } = await older.get('note', 'a');
    expect(attributes).toStrictEqual({ title: 'x', kind: 'rich' });
  });

  it('keeps the newer model version and unknown attributes in an update', async () => {
    const { store, older, newer } = await setUp(NEWER_NOTE);
    const updated = await older.update<Note>('note', 'a', { title: 'y', kind: 'plain' });
    expect(updated.attributes).toStrictEqual({ title: 'y', kind: 'plain' });
    expect(await allOf(store)).toMatchObject([{ modelVersion: 3 }]);
    const { attributes } = await newer.get('note', 'a');
    expect(attributes).toStrictEqual({ title: 'y', kind: 'plain', words: 1 });
  });

  it('updates a document whose other attributes have values that only the newer build accepts', async () => {
    const { store, newer } = await setUp(NEWER_NOTE);
    const type = aBuildWith(2);
    const [first, second] = Object.values(type.modelVersions);
    if (first === undefined || second === undefined) throw new Error('There are two versions.');
    const forwardCompatibility = second.schemas.create.extend({ kind: z.string() });
    const schemas = { ...second.schemas, forwardCompatibility };
    const lenient = { ...type, modelVersions: { 1: first, 2: { ...second, schemas } } };
    await newer.update<Note>('note', 'a', { kind: 'shiny' });
    const { repository } = await startTestService({ types: [lenient], store });
    await repository.update<Note>('note', 'a', { title: 'y' });
    const { attributes } = await newer.get('note', 'a');
    expect(attributes).toStrictEqual({ title: 'y', kind: 'shiny', words: 1 });
    const refused = repository.update<Note>('note', 'a', { kind: 'shiny' });
    await expect(refused).rejects.toMatchObject({ details: { attribute: 'kind' } });
  });

  it('reads and updates encrypted attributes of the newer build', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const encryption = createEncryptionMock({ note: { encrypted: ['secret'], bound: ['title'] } });
    const older = await startTestService({ types: [aBuildWith(2)], store, encryption });
    const newer = await startTestService({ types: [aBuildWith(3)], store, encryption });
    const note = { ...NEWER_NOTE, secret: 's' };
    await newer.repository.create<Note>('note', note, { id: 'a' });
    await older.repository.update<Note>('note', 'a', { title: 'y' });
    const { attributes } = await newer.repository.get('note', 'a', { decrypt: true });
    expect(attributes).toStrictEqual({ ...note, title: 'y' });
  });

  it('does not migrate newer documents back when it starts', async () => {
    const { store } = await setUp(NEWER_NOTE);
    const before = await allOf(store);
    await startTestService({ types: [aBuildWith(2)], store });
    expect(await allOf(store)).toEqual(before);
  });
});
