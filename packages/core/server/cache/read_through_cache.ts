import type { LRUCache } from 'lru-cache';
import type { Clock } from '../time/index.ts';
import { createLruCache } from './lru_cache.ts';

/** Lifetime, size and source of a {@link ReadThroughCache}. */
export interface ReadThroughCacheOptions<V> {
  readonly clock: Pick<Clock, 'monotonic'>;
  /**
   * Maximum age of a served value, in milliseconds. A change made by another process is seen after
   * this time at the latest.
   */
  readonly ttlMs: number;
  /**
   * Maximum number of entries. When the cache is full, the entry that was read least recently is
   * dropped.
   */
  readonly maxEntries: number;
  /** Reads the current value. A rejection reaches every waiting caller and is not cached. */
  readonly load: (key: string) => Promise<V>;
}

interface Entry<V> {
  readonly value: Promise<V>;
  /**
   * Monotonic instant after which the entry is not served. It counts from the start of the load, so
   * a value is never older than the time to live.
   */
  readonly expiresAt: number;
}

/**
 * A small, bounded cache in front of a store. Concurrent reads of one key share one load.
 * `invalidate` takes effect immediately: a later read starts its own load, even while an older load
 * is running.
 *
 * The library `lru-cache` limits the size. The time to live and the shared load are our own code:
 * `fetchMethod` of the library does not cache `undefined` (an account that does not exist), and
 * starts the time to live when the load ends, so a value could be older than `ttlMs`.
 */
export class ReadThroughCache<V> {
  readonly #options: ReadThroughCacheOptions<V>;
  readonly #entries: LRUCache<string, Entry<V>>;

  constructor(options: ReadThroughCacheOptions<V>) {
    this.#options = options;
    this.#entries = createLruCache(options.maxEntries);
  }

  /**
   * Returns a cached value, or loads it.
   * @throws the error of `load`
   */
  get(key: string): Promise<V> {
    const { clock, ttlMs, load } = this.#options;
    const cached = this.#entries.get(key);
    if (cached !== undefined && clock.monotonic() < cached.expiresAt) return cached.value;
    const entry: Entry<V> = { value: load(key), expiresAt: clock.monotonic() + ttlMs };
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.peek(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  /** Drops one key, or all keys. */
  invalidate(key?: string): void {
    if (key === undefined) this.#entries.clear();
    else this.#entries.delete(key);
  }
}
