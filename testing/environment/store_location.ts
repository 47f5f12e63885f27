import { join } from 'node:path';
import type { DocumentStore } from '@latchkey/saved-objects';
import {
  createElasticsearchStore,
  type ElasticsearchStoreOptions,
} from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';

/**
 * Location of a server's documents. Its log and configuration are in `dataFolder` in both cases.
 */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly dataFolder: string }
  | {
      readonly kind: 'elasticsearch';
      readonly dataFolder: string;
      readonly hosts: readonly string[];
      /** Several data sets share one node. */
      readonly indexPrefix: string;
    };

/** The store as fixtures of plugins take it: the path of a SQLite file, or indices on a node. */
export function storeAddress(
  location: StoreLocation,
): string | { readonly hosts: readonly string[]; readonly indexPrefix: string } {
  if (location.kind === 'sqlite') return join(location.dataFolder, 'latchkey.sqlite');
  const { hosts, indexPrefix } = location;
  return { hosts, indexPrefix };
}

/**
 * Opens the store without a server.
 * @param options further options of an Elasticsearch store
 */
export function openStoreAt(
  location: StoreLocation,
  options: Omit<ElasticsearchStoreOptions, 'hosts' | 'indexPrefix'> = {},
): DocumentStore {
  const address = storeAddress(location);
  return typeof address === 'string'
    ? createSqliteStore({ path: address })
    : createElasticsearchStore({ ...options, ...address });
}

/** Settings with which a server uses the store. */
export function storeSettings(location: StoreLocation): Record<string, unknown> {
  const folder = { 'path.data': location.dataFolder };
  if (location.kind === 'sqlite') return folder;
  return {
    ...folder,
    'elasticsearch.hosts': location.hosts,
    'elasticsearch.indexPrefix': location.indexPrefix,
  };
}
