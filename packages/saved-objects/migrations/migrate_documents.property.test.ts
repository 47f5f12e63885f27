import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTypeModel } from '../model_versions/type_model.ts';
import { upgradeAttributes } from '../model_versions/upgrade_attributes.ts';
import { createEncryptionMock } from '../repository/encryption.mock.ts';
import { createRecordingLogger } from '../service/recording_logger.mock.ts';
import type { DocumentStore, DocumentToStore, StoredDocument } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { migrateDocuments } from './migrate_documents.ts';
import { aBuildWith, aFirstNote } from './note_versions.mock.ts';
import { aSheetBuild, sheetSecrets } from './rolling_versions.mock.ts';

const firstNote = fc
  .record(
    { title: fc.string(), rank: fc.nat(), other: fc.jsonValue() },
    { requiredKeys: ['title'] },
  )
  .map((attributes) => ({ ...aFirstNote(0), attributes, version: 'v' }));

const KEY = { type: 'sheet', id: '' };
const encryption = createEncryptionMock(sheetSecrets(1));
const firstSheets = fc
  .array(
    fc.record(
      { title: fc.string(), legacy: fc.string(), olds: fc.nat(), secret: fc.string() },
      { requiredKeys: ['title'] },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map(
      (attributes, i): DocumentToStore => ({
        ...aFirstNote(0),
        key: `sheet:${i}`,
        type: 'sheet',
        attributes: encryption.encrypt({ ...KEY, id: String(i) }, attributes),
      }),
    ),
  );

async function storeWith(documents: readonly DocumentToStore[]): Promise<DocumentStore> {
  const store = createSqliteStore({ path: ':memory:' });
  await store.prepare([aSheetBuild(2)]);
  for (const document of documents) await store.put(document);
  return store;
}

async function contentOf(
  store: DocumentStore,
): Promise<readonly Omit<StoredDocument, 'version'>[]> {
  const { documents } = await store.search({ types: ['sheet'], limit: 100 });
  return documents.map(({ version: _, ...content }) => content);
}

const migrate = (store: DocumentStore) =>
  migrateDocuments(
    {
      store,
      encryption: createEncryptionMock(sheetSecrets(2)),
      logger: createRecordingLogger(),
      signal: new AbortController().signal,
    },
    createTypeModel(aSheetBuild(2)),
  );

/** Wraps a store, so that the scheduler decides when each call runs. */
function scheduled(store: DocumentStore, scheduler: fc.Scheduler): DocumentStore {
  const turn = () => scheduler.schedule(Promise.resolve());
  return {
    ...store,
    put: async (...args) => {
      await turn();
      return store.put(...args);
    },
    search: async (request) => {
      await turn();
      return store.search(request);
    },
    iterate: async function* (request) {
      for await (const batch of store.iterate(request)) {
        await turn();
        yield batch;
      }
    },
  };
}

describe('migration of any document', () => {
  it('gives the same result in one step, in several steps and when repeated', () => {
    const [second, third] = [createTypeModel(aBuildWith(2)), createTypeModel(aBuildWith(3))];
    fc.assert(
      fc.property(firstNote, (document) => {
        const atOnce = upgradeAttributes(third, document);
        const once = upgradeAttributes(second, document);
        const inSteps = upgradeAttributes(third, {
          ...document,
          attributes: once,
          modelVersion: 2,
        });
        expect(inSteps).toStrictEqual(atOnce);
        const again = { ...document, attributes: atOnce, modelVersion: 3 };
        expect(upgradeAttributes(third, again)).toBe(atOnce);
      }),
    );
  });

  it('gives the same result when two migrations interleave in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), firstSheets, async (scheduler, documents) => {
        const alone = await storeWith(documents);
        await migrate(alone);
        const both = await storeWith(documents);
        const work = Promise.all([
          migrate(scheduled(both, scheduler)),
          migrate(scheduled(both, scheduler)),
        ]);
        await scheduler.waitFor(work);
        expect(await contentOf(both)).toEqual(await contentOf(alone));
        const { documents: before } = await both.search({ types: ['sheet'], limit: 100 });
        await migrate(both);
        expect((await both.search({ types: ['sheet'], limit: 100 })).documents).toEqual(before);
        await Promise.all([alone.close(), both.close()]);
      }),
      { numRuns: 40 },
    );
  });
});
