import type { DocumentStore } from '../store/document_store.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';

/** Where a store is, in a form that another process can be told. */
export type StoreLocation =
  | { readonly file: string }
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

/** A store of this process at the location. */
export function openStoreAt(location: StoreLocation): DocumentStore {
  return 'file' in location
    ? createSqliteStore({ path: location.file })
    : createElasticsearchStore(location);
}

/** The location that a process was started with as its first argument. */
export function locationFrom(argument: string | undefined): StoreLocation {
  if (argument === undefined) throw new Error('The location of the store is missing.');
  return JSON.parse(argument) as StoreLocation;
}
