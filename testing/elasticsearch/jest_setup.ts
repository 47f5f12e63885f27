import { startElasticsearch } from './start_elasticsearch.ts';

// Packages import no tool: their tests find the cluster as a global.
Object.assign(globalThis, { startElasticsearch });
