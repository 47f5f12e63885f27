import { join } from 'node:path';
import type { SavedObjectsType, StoredDocument } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { z } from 'zod';
import type { Installation } from './installation.ts';
import { storedDocuments } from './stored_documents.ts';

const GRANT_TYPE = 'user_connector_token';
const anything = z.looseObject({});

/** What somebody who can write to the database and has no key can do with a grant: keep a copy of it and put it back later. */
export interface KeptRow {
  /** Which authorization, and since when these tokens: other tokens, another value. The ciphertext also changes when the last use is noted. */
  readonly tokens: { readonly generation: unknown; readonly storedAt: unknown };
  putBack(): Promise<void>;
}

type Stored = Pick<Installation, 'dataPath' | 'settings'>;

/** Copies the one grant of a connector. @throws Error when there is none, or several */
export async function keepRow(house: Stored, connectorId: string): Promise<KeptRow> {
  const all = await storedDocuments(house, GRANT_TYPE);
  const [row, ...others] = all.filter(
    ({ attributes }) => attributes['connectorId'] === connectorId,
  );
  if (row === undefined || others.length > 0) throw new Error('Not one grant of this connector');
  const { grantGeneration: generation, updatedAt: storedAt } = row.attributes;
  return { tokens: { generation, storedAt }, putBack: () => putBack(house, row) };
}

/** Whatever is there now. */
async function putBack({ dataPath, settings }: Stored, row: StoredDocument): Promise<void> {
  const hosts = settings['elasticsearch.hosts'];
  const store = Array.isArray(hosts)
    ? createElasticsearchStore({
        hosts: hosts.map(String),
        indexPrefix: String(settings['elasticsearch.indexPrefix']),
      })
    : createSqliteStore({ path: join(dataPath, 'latchkey.sqlite') });
  try {
    await store.prepare([bareType(GRANT_TYPE)]);
    const { version: _version, ...document } = row;
    await store.put(document, { visibleToSearch: true });
  } finally {
    await store.close();
  }
}

/** Enough to write the document, and nothing that would change how it is stored. */
function bareType(name: string): SavedObjectsType {
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
