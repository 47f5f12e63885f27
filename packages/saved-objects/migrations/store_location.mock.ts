import type { DocumentStore } from '../store/document_store.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';

/** Location of a store. Serializable, so that another process can open the same store. */
export type StoreLocation =
  | { readonly file: string }
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

/** Opens a store that another process may have open as well. */
export function openStoreAt(location: StoreLocation): DocumentStore {
  return 'file' in location
    ? createSqliteStore({ path: location.file })
    : createElasticsearchStore(location);
}

/**
 * Parses the location from the first argument of a process.
 * @throws Error when the argument is missing
 */
export function locationFrom(argument: string | undefined): StoreLocation {
  if (argument === undefined) throw new Error('The location of the store is missing.');
  return JSON.parse(argument) as StoreLocation;
}
