export type { ElasticsearchStoreOptions } from './connection/index.ts';
export { createElasticsearchStore } from './elasticsearch_store.ts';
