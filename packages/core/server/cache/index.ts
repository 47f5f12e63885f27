export { ReadThroughCache, type ReadThroughCacheOptions } from './read_through_cache.ts';
