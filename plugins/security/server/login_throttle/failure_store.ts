import { createHash } from 'node:crypto';
import { type Clock, ReadThroughCache } from '@latchkey/core/server';
import {
  filter,
  SavedObjectError,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import { afterFailure, type FailureCount, type FailureRule, forgottenAt } from './failure_rule.ts';

/** Saved-object type of failed logins; id is kind and bucket. */
export const LOGIN_FAILURES_TYPE = 'login_failures';

const attributes = z.strictObject({
  failures: z.number().nonnegative(),
  lastFailureAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
type FailureAttributes = z.infer<typeof attributes>;

/** Stored, so that a limit applies to all processes and survives a restart. */
export const loginFailuresType: SavedObjectsType = {
  name: LOGIN_FAILURES_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { expiresAt: { type: 'date' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/** Kinds of buckets that count failures. */
export type FailureKind = 'address' | 'device' | 'user' | 'network';

/** Hexadecimal digits of a bucket: 2^20 per kind. */
const BUCKET_DIGITS = 5;
const MAX_CACHED = 10_000;
/**
 * Maximum number of processes that count in one bucket at the same moment. Within a process, writes
 * of a bucket are serialized.
 */
const MAX_TRIES = 50;

/**
 * Id of the document that counts `key`. Keys share a fixed number of buckets, so the number of
 * documents has an upper bound without eviction: a flood of new keys can never push a count out.
 * Two keys in one bucket share their failures. With 2^20 buckets that is rare, and it only limits
 * earlier.
 */
export function bucketOf(kind: FailureKind, key: string): string {
  const hash = createHash('sha256').update(`${kind}\0${key}`).digest('hex');
  return `${kind}-${hash.slice(0, BUCKET_DIGITS)}`;
}

export interface FailureStoreDeps {
  /** Called at each use, because the repository exists only once the plugin starts. */
  readonly repository: () => SavedObjectsRepository;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Maximum delay with which {@link FailureStore.readRecent} sees a failure of another process. */
  readonly cacheMs: number;
}

/** Failed logins by bucket. */
export class FailureStore {
  readonly #deps: FailureStoreDeps;
  readonly #recent: ReadThroughCache<FailureCount | undefined>;
  /** The last write under way per bucket. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(deps: FailureStoreDeps) {
    this.#deps = deps;
    this.#recent = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: async (id) => (await this.read([id]))[0],
    });
  }

  /** In the order of `ids`. Sees every acknowledged write. One store call. */
  async read(ids: readonly string[]): Promise<readonly (FailureCount | undefined)[]> {
    const found = await this.#deps
      .repository()
      .bulkGet<FailureAttributes>(ids.map((id) => ({ type: LOGIN_FAILURES_TYPE, id })));
    return found.map((row) => (row === undefined ? undefined : toCount(row.attributes)));
  }

  /** As {@link read}, with a delay of up to `cacheMs` for writes of other processes. */
  readRecent(ids: readonly string[]): Promise<readonly (FailureCount | undefined)[]> {
    return Promise.all(ids.map((id) => this.#recent.get(id)));
  }

  /** Counts one failure. @throws SavedObjectError when it could not be stored */
  async add(id: string, rule: FailureRule): Promise<void> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#add(id, rule));
    this.#queues.set(id, mine);
    try {
      await mine;
    } finally {
      this.#recent.invalidate(id);
      if (this.#queues.get(id) === mine) this.#queues.delete(id);
    }
  }

  async clear(id: string): Promise<void> {
    try {
      await this.#deps.repository().delete(LOGIN_FAILURES_TYPE, id);
    } catch (error) {
      if (!isCode(error, 'not_found')) throw error;
    }
    this.#recent.invalidate(id);
  }

  /** Removes counts without effect. Resolves to their number. */
  async removeExpired(): Promise<number> {
    let removed = 0;
    const expired = this.#deps.repository().iterate({
      type: LOGIN_FAILURES_TYPE,
      filter: filter.before('expiresAt', new Date(this.#deps.clock.now())),
    });
    for await (const batch of expired) {
      const outcomes = await Promise.allSettled(
        batch.map(({ id, version }) =>
          this.#deps.repository().delete(LOGIN_FAILURES_TYPE, id, { version }),
        ),
      );
      // A bucket that counts again meanwhile stays. A failed removal is retried by the next run.
      removed += outcomes.filter(({ status }) => status === 'fulfilled').length;
    }
    return removed;
  }

  async #add(id: string, rule: FailureRule): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#tryAdd(id, rule);
        return;
      } catch (error) {
        const lostRace = isCode(error, 'conflict') || isCode(error, 'not_found');
        if (!lostRace || tries === MAX_TRIES) throw error;
      }
    }
  }

  async #tryAdd(id: string, rule: FailureRule): Promise<void> {
    const repository = this.#deps.repository();
    const row = await repository.getIfExists<FailureAttributes>(LOGIN_FAILURES_TYPE, id);
    const count = row === undefined ? undefined : toCount(row.attributes);
    const next = afterFailure(rule, count, this.#deps.clock.now());
    const stored: FailureAttributes = {
      failures: next.failures,
      lastFailureAt: new Date(next.lastFailureAt).toISOString(),
      expiresAt: new Date(forgottenAt(rule, next)).toISOString(),
    };
    if (row === undefined) {
      const options = { id, visibleToSearch: false };
      await repository.create<FailureAttributes>(LOGIN_FAILURES_TYPE, stored, options);
    } else {
      const options = { version: row.version, visibleToSearch: false };
      await repository.update<FailureAttributes>(LOGIN_FAILURES_TYPE, id, stored, options);
    }
  }
}

function toCount({ failures, lastFailureAt }: FailureAttributes): FailureCount {
  return { failures, lastFailureAt: new Date(lastFailureAt).getTime() };
}

function isCode(error: unknown, code: SavedObjectError['code']): boolean {
  return error instanceof SavedObjectError && error.code === code;
}
