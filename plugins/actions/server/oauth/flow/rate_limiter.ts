import { createHash } from 'node:crypto';
import { KeyedQueue } from '@latchkey/core/server';
import {
  filter,
  isSavedObjectError,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import { FlowError } from './flow_error.ts';

/** Saved-object type of rate-limit windows. The id of a document is a hash of endpoint and user. */
export const OAUTH_RATE_LIMIT_TYPE = 'oauth_rate_limit';

const attributes = z.strictObject({
  /**
   * Instants of the attempts, in milliseconds since the epoch. The oldest is the first; never more
   * than the limit.
   */
  hits: z.array(z.number().int().nonnegative()).max(10_000),
  expiresAt: z.iso.datetime(),
});
type RateLimitAttributes = z.infer<typeof attributes>;

/**
 * Saved-object type of the windows. They are stored so that all processes share one limit, and so
 * that the limit survives a restart.
 */
export const oauthRateLimitType: SavedObjectsType = {
  name: OAUTH_RATE_LIMIT_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { expiresAt: { type: 'date' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/** Maximum of attempts, as in `xpack.actions.auth.oauth_authorization_code.rate_limits`. */
export interface RateLimit {
  /** Maximum number of attempts within the window. */
  readonly limit: number;
  readonly lookbackWindowMs: number;
}

/**
 * Maximum number of attempts to write a window while other processes write it at the same time.
 * Within a process, the attempts of a user are written one after the other.
 */
const MAX_ATTEMPTS = 50;
/**
 * Maximum clock skew between processes, in milliseconds. Later instants than this were stored
 * before a clock was set back. They are ignored, because they would block the user for a long time.
 */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Receives the attempts within the window, and returns those to store. */
type DecideHits = (hits: readonly number[]) => readonly number[];

/**
 * Limits the attempts of each user at each endpoint: at most `limit` attempts succeed within a
 * sliding window, counted over all processes.
 */
export class RateLimiter {
  readonly #repository: SavedObjectsRepository;
  readonly #limits: Readonly<Record<string, RateLimit>>;
  readonly #now: () => number;
  /** Writes the attempts of each window one after the other. */
  readonly #queue = new KeyedQueue();

  constructor(
    repository: SavedObjectsRepository,
    limits: Readonly<Record<string, RateLimit>>,
    now: () => number,
  ) {
    this.#repository = repository;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Counts one attempt. A refused attempt does not count.
   * @throws FlowError `rate_limited` with the time to wait
   */
  async hit(endpoint: string, who: string): Promise<void> {
    const limit = this.#limitOf(endpoint);
    await this.#change(windowIdOf(endpoint, who), limit, (hits) => {
      this.#ensureRoom(hits, limit);
      return [...hits, this.#now()].sort((a, b) => a - b);
    });
  }

  /**
   * Removes the latest attempt, for callers that have to count an attempt before they know its
   * result.
   * @throws Error for an endpoint without a limit
   */
  async undo(endpoint: string, who: string): Promise<void> {
    const limit = this.#limitOf(endpoint);
    await this.#change(windowIdOf(endpoint, who), limit, (hits) => hits.slice(0, -1));
  }

  #limitOf(endpoint: string): RateLimit {
    const limit = this.#limits[endpoint];
    if (limit === undefined) throw new Error(`no rate limit is configured for [${endpoint}]`);
    return limit;
  }

  /** Deletes windows whose attempts no longer count. Resolves to the number of deleted windows. */
  deleteExpired(signal: AbortSignal): Promise<number> {
    return this.#repository.deleteMatching({
      type: OAUTH_RATE_LIMIT_TYPE,
      filter: filter.before('expiresAt', new Date(this.#now())),
      signal,
    });
  }

  #change(id: string, limit: RateLimit, decide: DecideHits): Promise<void> {
    return this.#queue.run(id, () => this.#changeNow(id, limit, decide));
  }

  async #changeNow(id: string, limit: RateLimit, decide: DecideHits): Promise<void> {
    const changing = this.#repository.mutate<RateLimitAttributes>(
      OAUTH_RATE_LIMIT_TYPE,
      id,
      (row) => {
        const hits = [...decide(this.#hitsIn(row, limit))];
        const expiresAt = new Date(this.#now() + limit.lookbackWindowMs).toISOString();
        return hits.length === 0 ? 'remove' : { hits, expiresAt };
      },
      { attempts: MAX_ATTEMPTS },
    );
    await changing.catch((error: unknown) => {
      if (!isSavedObjectError(error, 'contended')) throw error;
      throw new FlowError('rate_limited', { retryAfterMs: 1000 });
    });
  }

  #hitsIn(
    row: { readonly attributes: RateLimitAttributes } | undefined,
    { lookbackWindowMs }: RateLimit,
  ): readonly number[] {
    const now = this.#now();
    return (row?.attributes.hits ?? []).filter(
      (hit) => hit > now - lookbackWindowMs && hit <= now + CLOCK_TOLERANCE_MS,
    );
  }

  #ensureRoom(hits: readonly number[], { limit, lookbackWindowMs }: RateLimit): void {
    if (hits.length < limit) return;
    throw new FlowError('rate_limited', {
      retryAfterMs: Math.max(1000, Math.min(...hits) + lookbackWindowMs - this.#now()),
    });
  }
}

function windowIdOf(endpoint: string, who: string): string {
  return createHash('sha256').update(`${endpoint.length}:${endpoint}:${who}`).digest('base64url');
}
