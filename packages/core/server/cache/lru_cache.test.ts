import { describe, expect, it } from 'vitest';
import { createLruCache } from './lru_cache.ts';

describe('a bounded cache', () => {
  it('drops the least recently used entry when it is full', () => {
    const cache = createLruCache<string, number>(2);
    cache.set('a', 1).set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([...cache.keys()].sort()).toEqual(['a', 'c']);
    expect(cache.size).toBe(2);
  });

  it('keeps the other entries when an entry is replaced or deleted', () => {
    const cache = createLruCache<string, number>(2);
    cache.set('a', 1).set('b', 2).set('b', 3);
    expect(cache.get('a')).toBe(1);
    cache.delete('a');
    cache.set('c', 4);
    expect([cache.get('b'), cache.get('c')]).toEqual([3, 4]);
  });
});
