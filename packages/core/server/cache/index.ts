export { createLruCache, type LRUCache } from './lru_cache.ts';
export { ReadThroughCache, type ReadThroughCacheOptions } from './read_through_cache.ts';
