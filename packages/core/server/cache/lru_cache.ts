import { LRUCache } from 'lru-cache';

export type { LRUCache };

/**
 * Creates a cache of `lru-cache` that grows while it is filled. With its option `max`, the library
 * reserves memory for all entries in the constructor: 2 ms and 240 kB for 10,000 entries.
 *
 * @param maxEntries when the cache is full, the least recently used entry is dropped
 */
export function createLruCache<K extends {}, V extends {}>(maxEntries: number): LRUCache<K, V> {
  return new LRUCache<K, V>({ maxSize: maxEntries, sizeCalculation: () => 1 });
}
