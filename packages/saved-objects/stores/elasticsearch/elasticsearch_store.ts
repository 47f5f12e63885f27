import { checkFieldNames } from '../../filter/check_fields.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import {
  ClusterClient,
  type ElasticsearchStoreOptions,
  resolveOptions,
} from './connection/index.ts';
import { DocumentAccess } from './document_access.ts';
import { iterateDocuments } from './iterate.ts';
import { pingCluster } from './ping.ts';
import { prepareIndex, prepareProbe } from './prepare_index.ts';
import { PurgeSchedule } from './purge_schedule.ts';
import { getMany, getSelected } from './read.ts';
import { searchDocuments } from './search.ts';
import { type TypeIndex, typeIndex } from './type_index.ts';
import { deleteDocument, putDocument } from './write.ts';

/**
 * Creates a document store on an Elasticsearch cluster, shared by any number of processes. Writes
 * are on the disks of all copies when they are acknowledged. The store connects at its first call,
 * and works again after the cluster was unavailable.
 * @throws TypeError that names an invalid setting
 */
export function createElasticsearchStore(options: ElasticsearchStoreOptions): DocumentStore {
  const { logger, now = Date.now } = options;
  const resolved = resolveOptions(options);
  const client = new ClusterClient(resolved, logger);
  const access = new DocumentAccess(client);
  const write = { access, now };
  const search = { client, access };
  const indices = new Map<string, TypeIndex>();
  const purges = new PurgeSchedule({ client, indices, now, logger });
  const indexOf = (type: string): TypeIndex => {
    const index = indices.get(type);
    if (index === undefined) throw new TypeError(`Type [${type}] was not prepared in this store.`);
    return index;
  };

  return {
    prepare: async (types) => {
      const prepared = types.map((type) => typeIndex(type, resolved.indexPrefix));
      await Promise.all([
        prepareProbe(client),
        ...prepared.map((index) => prepareIndex(client, index)),
      ]);
      for (const index of prepared) indices.set(index.type, index);
      purges.start();
    },
    getMany: async (keys, type, fields) => {
      if (fields === undefined) return getMany(access, indexOf(type), keys);
      checkFieldNames(fields.names);
      return getSelected(access, indexOf(type), keys, fields);
    },
    put: async (document, putOptions = {}) =>
      putDocument(write, indexOf(document.type), document, putOptions),
    delete: async (key, type, deleteOptions = {}) =>
      deleteDocument(write, indexOf(type), key, deleteOptions),
    search: async (request) => searchDocuments(search, request.types.map(indexOf), request),
    iterate: (request) => iterateDocuments(search, request.types.map(indexOf), request),
    ping: async () => pingCluster(client, [...indices.values()]),
    close: async () => {
      purges.stop();
      await client.close();
    },
  };
}
