export { createElasticsearchStore } from './elasticsearch_store.ts';
export type { ElasticsearchStoreOptions } from './store_options.ts';
