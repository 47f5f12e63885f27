import { join } from 'node:path';
import type { DocumentStore, SavedObjectsType, StoredDocument } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import type { Installation } from '@latchkey/test-environment';
import { z } from 'zod';

const anything = z.looseObject({});

/** The parts of an installation that are needed to open its store. */
export type InstallationStore = Pick<Installation, 'dataPath' | 'settings'>;

/** Returns every document of a type exactly as stored, with ciphertext and model version. */
export function storedDocuments(
  where: InstallationStore,
  type: string,
): Promise<readonly StoredDocument[]> {
  return withBareStore(where, type, (store) => documentsIn(store, type));
}

/**
 * Like {@link storedDocuments}, but reads from a store that is already open, for repeated reads.
 */
export async function documentsIn(
  store: DocumentStore,
  type: string,
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for await (const batch of store.iterate({ types: [type], batchSize: 100 })) found.push(...batch);
  return found;
}

/**
 * Opens the store of an installation for `work`, without a server and without a key, and closes it
 * afterwards. Only the name of one type is known to the store.
 */
export async function withBareStore<T>(
  { dataPath, settings }: InstallationStore,
  type: string,
  work: (store: DocumentStore) => Promise<T>,
): Promise<T> {
  const hosts = settings['elasticsearch.hosts'];
  const store = Array.isArray(hosts)
    ? createElasticsearchStore({
        hosts: hosts.map(String),
        indexPrefix: String(settings['elasticsearch.indexPrefix']),
      })
    : createSqliteStore({ path: join(dataPath, 'latchkey.sqlite') });
  try {
    await store.prepare([nothingKnownOf(type)]);
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Returns a type definition that is enough to find documents and does not change how they are
 * stored.
 */
function nothingKnownOf(name: string): SavedObjectsType {
  return {
    name,
    namespaceType: 'agnostic',
    hidden: true,
    mappings: { properties: {} },
    modelVersions: {
      1: { changes: [], schemas: { create: anything, forwardCompatibility: anything } },
    },
  };
}
