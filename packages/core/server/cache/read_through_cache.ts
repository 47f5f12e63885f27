import type { Clock } from '../time/index.ts';

/** How long, how much and from where a {@link ReadThroughCache} remembers. */
export interface ReadThroughCacheOptions<V> {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** How stale an answer may be, in milliseconds: the bound on what another process changed. */
  readonly ttlMs: number;
  /** The least recently loaded entries go first. */
  readonly maxEntries: number;
  /** Asks the truth. A rejection is handed to all who wait and is not kept. */
  readonly load: (key: string) => Promise<V>;
}

interface Entry<V> {
  readonly value: Promise<V>;
  /** Monotonic instant after which the entry is not served. Counts from the start of the load, so staleness is at most the ttl. */
  readonly expiresAt: number;
}

/**
 * A small, bounded, short-lived memory in front of a store. Concurrent reads of one key share one load. `invalidate` takes effect at
 * once: whoever asks afterwards starts a load of its own, even while an older one is under way.
 */
export class ReadThroughCache<V> {
  readonly #options: ReadThroughCacheOptions<V>;
  readonly #entries = new Map<string, Entry<V>>();

  constructor(options: ReadThroughCacheOptions<V>) {
    this.#options = options;
  }

  /** @throws whatever `load` throws */
  get(key: string): Promise<V> {
    const { clock, ttlMs, load } = this.#options;
    const kept = this.#entries.get(key);
    if (kept !== undefined && clock.monotonic() < kept.expiresAt) return kept.value;
    const entry: Entry<V> = { value: load(key), expiresAt: clock.monotonic() + ttlMs };
    this.#keep(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  /** Forgets one key, or everything. */
  invalidate(key?: string): void {
    if (key === undefined) this.#entries.clear();
    else this.#entries.delete(key);
  }

  #keep(key: string, entry: Entry<V>): void {
    // Deleting first moves a reloaded key to the young end of the map's insertion order.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#options.maxEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
