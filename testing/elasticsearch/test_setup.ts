import { startElasticsearch } from './start_elasticsearch.ts';

// Packages do not import this development tool: their tests use the global `startElasticsearch`.
Object.assign(globalThis, { startElasticsearch });
