import { join } from 'node:path';
import type { DocumentStore } from '@latchkey/saved-objects';
import {
  createElasticsearchStore,
  type ElasticsearchStoreOptions,
} from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';

/**
 * Location of a server's documents. In both cases `dataFolder` contains its log and configuration.
 */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly dataFolder: string }
  | {
      readonly kind: 'elasticsearch';
      readonly dataFolder: string;
      readonly hosts: readonly string[];
      /** Prefix of the names of indices, because several data sets share one node. */
      readonly indexPrefix: string;
    };

/**
 * Returns the address of the store in the form that fixtures of plugins accept: the path of a
 * SQLite file, or hosts and index prefix of Elasticsearch.
 */
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

/** Returns the settings with which a server uses the store. */
export function storeSettings(location: StoreLocation): Record<string, unknown> {
  const folder = { 'path.data': location.dataFolder };
  if (location.kind === 'sqlite') return folder;
  return {
    ...folder,
    'elasticsearch.hosts': location.hosts,
    'elasticsearch.indexPrefix': location.indexPrefix,
  };
}
