export type { RecordedNode } from './background_cluster.ts';
export { BackgroundCluster } from './background_cluster.ts';
export type { EsErrorCode } from './es_error.ts';
export { EsError } from './es_error.ts';
export { findJava } from './find_java.ts';
export { aFreePort } from './free_ports.ts';
export type { EsNode } from './node_process.ts';
export type { RunningElasticsearch, StartElasticsearchOptions } from './start_elasticsearch.ts';
export { startElasticsearch } from './start_elasticsearch.ts';
