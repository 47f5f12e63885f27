import { join } from 'node:path';
import type { SavedObjectsType, StoredDocument } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { z } from 'zod';
import type { Installation } from './installation.ts';

const anything = z.looseObject({});

/** Every document of a type as it lies in the store of an installation: ciphertext, model version and all. */
export async function storedDocuments(
  { dataPath, settings }: Pick<Installation, 'dataPath' | 'settings'>,
  type: string,
): Promise<readonly StoredDocument[]> {
  const hosts = settings['elasticsearch.hosts'];
  const store = Array.isArray(hosts)
    ? createElasticsearchStore({
        hosts: hosts.map(String),
        indexPrefix: String(settings['elasticsearch.indexPrefix']),
      })
    : createSqliteStore({ path: join(dataPath, 'latchkey.sqlite') });
  try {
    await store.prepare([nothingKnownOf(type)]);
    const found: StoredDocument[] = [];
    for await (const batch of store.iterate({ types: [type], batchSize: 100 }))
      found.push(...batch);
    return found;
  } finally {
    await store.close();
  }
}

/** Enough to find the documents, and nothing that would change how they are stored. */
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
