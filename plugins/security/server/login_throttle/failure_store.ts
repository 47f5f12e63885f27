import { type Clock, KeyedQueue, ReadThroughCache } from '@latchkey/core/server';
import {
  type Change,
  filter,
  type SavedObject,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { afterFailure, type FailureCount, type FailureRule, forgottenAt } from './failure_rule.ts';
import {
  documentOf,
  type FailureAttributes,
  LOGIN_FAILURES_TYPE,
  MAX_COUNTS,
  type StoredCount,
} from './failures_type.ts';

const MAX_CACHED = 10_000;
/**
 * Maximum attempts to write a document that other processes write at the same time. Writes within
 * one process are serialized.
 */
const MAX_ATTEMPTS = 50;

/** Collaborators and settings of {@link FailureStore}. */
export interface FailureStoreDeps {
  /** Returns the repository, which exists only once the plugin starts. */
  readonly repository: () => SavedObjectsRepository;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /**
   * Maximum milliseconds until {@link FailureStore.readRecent} sees a failure of another process.
   */
  readonly cacheMs: number;
}

/** Failed logins by the keys of {@link countKey}. */
export class FailureStore {
  readonly #deps: FailureStoreDeps;
  readonly #recent: ReadThroughCache<FailureCount | undefined>;
  /** Serializes the writes of each document. */
  readonly #queue = new KeyedQueue();

  constructor(deps: FailureStoreDeps) {
    this.#deps = deps;
    this.#recent = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: async (key) => (await this.read([key]))[0],
    });
  }

  /**
   * Reads counts with one call of the store, in the order of `keys`. Sees every acknowledged write.
   * `undefined` in the result: no failure is counted.
   */
  async read(keys: readonly string[]): Promise<readonly (FailureCount | undefined)[]> {
    const found = await this.#deps
      .repository()
      .bulkGet<FailureAttributes>(
        keys.map((key) => ({ type: LOGIN_FAILURES_TYPE, id: documentOf(key) })),
      );
    return keys.map((key, index) => {
      const count = countsOf(found[index]).find((one) => one.key === key);
      return count === undefined ? undefined : toCount(count);
    });
  }

  /** Like {@link read}, but cached: writes of other processes are seen after up to `cacheMs`. */
  readRecent(keys: readonly string[]): Promise<readonly (FailureCount | undefined)[]> {
    return Promise.all(keys.map((key) => this.#recent.get(key)));
  }

  /**
   * Counts one failure.
   * @throws SavedObjectError when it could not be stored
   */
  async add(key: string, rule: FailureRule): Promise<void> {
    await this.#change(key, (count) => {
      const next = afterFailure(
        rule,
        count === undefined ? undefined : toCount(count),
        this.#deps.clock.now(),
      );
      return {
        key,
        failures: next.failures,
        lastFailureAt: new Date(next.lastFailureAt).toISOString(),
        expiresAt: new Date(forgottenAt(rule, next)).toISOString(),
      };
    });
  }

  async clear(key: string): Promise<void> {
    await this.#change(key, () => undefined);
  }

  /** Deletes documents in which no count has an effect any more. Resolves to their number. */
  deleteExpired(): Promise<number> {
    return this.#deps.repository().deleteMatching({
      type: LOGIN_FAILURES_TYPE,
      filter: filter.before('expiresAt', new Date(this.#deps.clock.now())),
    });
  }

  /**
   * Changes one count.
   * @param decide returns the new count for the current one; `undefined`: the count is removed
   */
  async #change(
    key: string,
    decide: (count: StoredCount | undefined) => StoredCount | undefined,
  ): Promise<void> {
    try {
      await this.#queue.run(documentOf(key), () => this.#changeNow(key, decide));
    } finally {
      this.#recent.invalidate(key);
    }
  }

  async #changeNow(
    key: string,
    decide: (count: StoredCount | undefined) => StoredCount | undefined,
  ): Promise<void> {
    await this.#deps.repository().mutate<FailureAttributes>(
      LOGIN_FAILURES_TYPE,
      documentOf(key),
      (row) => {
        const counts = countsOf(row);
        const next = decide(counts.find((count) => count.key === key));
        const others = counts.filter((count) => count.key !== key);
        return attributesOf(this.#fitting(others, next));
      },
      { attempts: MAX_ATTEMPTS },
    );
  }

  /**
   * The counts that stay in a document with a new one. Expired counts are dropped; if the document
   * is full, also the count that expires first.
   */
  #fitting(others: readonly StoredCount[], added: StoredCount | undefined): readonly StoredCount[] {
    const now = new Date(this.#deps.clock.now()).toISOString();
    const kept = others
      .filter(({ expiresAt }) => expiresAt > now)
      .sort((a, b) => (a.expiresAt < b.expiresAt ? 1 : -1));
    return added === undefined ? kept : [added, ...kept.slice(0, MAX_COUNTS - 1)];
  }
}

const countsOf = (row: SavedObject<FailureAttributes> | undefined): readonly StoredCount[] =>
  row?.attributes.counts ?? [];

/** Attributes of a document with these counts. A document without counts is removed. */
function attributesOf(counts: readonly StoredCount[]): Change<FailureAttributes> {
  if (counts.length === 0) return 'remove';
  return {
    failures: Math.max(...counts.map(({ failures }) => failures)),
    lastFailureAt: latest(counts.map(({ lastFailureAt }) => lastFailureAt)),
    expiresAt: latest(counts.map(({ expiresAt }) => expiresAt)),
    counts: [...counts],
  };
}

/** The latest of ISO dates, which have equal length and so sort as text. */
const latest = (instants: readonly string[]): string => instants.toSorted().at(-1) ?? '';

function toCount({ failures, lastFailureAt }: StoredCount): FailureCount {
  return { failures, lastFailureAt: new Date(lastFailureAt).getTime() };
}
