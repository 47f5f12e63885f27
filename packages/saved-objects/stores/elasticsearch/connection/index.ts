export { Batcher } from './batcher.ts';
export { ClusterClient } from './cluster_client.ts';
export { ClusterFailure, responseFailure } from './cluster_failure.ts';
export type { ElasticsearchStoreOptions } from './store_options.ts';
export { resolveOptions } from './store_options.ts';
