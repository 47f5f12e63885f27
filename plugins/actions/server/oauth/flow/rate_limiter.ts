import { createHash } from 'node:crypto';
import {
  filter,
  isLostRace,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import { FlowError } from './flow_error.ts';

/** Saved-object type of rate-limit windows; id is a hash of whom and what. */
export const OAUTH_RATE_LIMIT_TYPE = 'oauth_rate_limit';

const attributes = z.strictObject({
  /** Milliseconds since the epoch, oldest first; never more than the limit. */
  hits: z.array(z.number().int().nonnegative()).max(10_000),
  expiresAt: z.iso.datetime(),
});
type RateLimitAttributes = z.infer<typeof attributes>;

/** Windows live in the store, so that the limit is one limit over all processes and survives a restart. */
export const oauthRateLimitType: SavedObjectsType = {
  name: OAUTH_RATE_LIMIT_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { expiresAt: { type: 'date' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/** As in `xpack.actions.auth.oauth_authorization_code.rate_limits`. */
export interface RateLimit {
  readonly limit: number;
  readonly lookbackWindowMs: number;
}

/** Processes that write one window at the same moment; within a process, hits of one person wait for each other. */
const MOST_TRIES = 50;
/** Milliseconds the clocks of two processes may differ. Hits from further ahead were written before the clock was set back; they would block for ever. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A sliding window per person and endpoint: exactly `limit` pass within the window, over all processes. */
export class RateLimiter {
  readonly #repository: SavedObjectsRepository;
  readonly #limits: Readonly<Record<string, RateLimit>>;
  readonly #now: () => number;
  /** Last hit under way per window; empty when nobody is counting. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(
    repository: SavedObjectsRepository,
    limits: Readonly<Record<string, RateLimit>>,
    now: () => number,
  ) {
    this.#repository = repository;
    this.#limits = limits;
    this.#now = now;
  }

  /** Counts one attempt; a refused one does not count. @throws FlowError `rate_limited` with the time to wait */
  async hit(endpoint: string, who: string): Promise<void> {
    const limit = this.#limitOf(endpoint);
    const id = windowIdOf(endpoint, who);
    const before = this.#queues.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#count(id, limit));
    this.#queues.set(id, mine);
    try {
      await mine;
    } finally {
      if (this.#queues.get(id) === mine) this.#queues.delete(id);
    }
  }

  /** As {@link hit}, without counting. @throws FlowError `rate_limited` with the time to wait */
  async ensureBelow(endpoint: string, who: string): Promise<void> {
    const limit = this.#limitOf(endpoint);
    const row = await this.#repository.getIfExists<RateLimitAttributes>(
      OAUTH_RATE_LIMIT_TYPE,
      windowIdOf(endpoint, who),
    );
    this.#ensureRoom(this.#hitsIn(row, limit), limit);
  }

  #limitOf(endpoint: string): RateLimit {
    const limit = this.#limits[endpoint];
    if (limit === undefined) throw new Error(`no rate limit is configured for [${endpoint}]`);
    return limit;
  }

  /** Removes windows in which nothing counts any more. */
  async cleanUp(signal: AbortSignal): Promise<void> {
    const idle = this.#repository.iterate({
      type: OAUTH_RATE_LIMIT_TYPE,
      filter: filter.before('expiresAt', new Date(this.#now())),
    });
    for await (const batch of idle) {
      if (signal.aborted) return;
      // A window that fails to go is found again by the next run.
      await Promise.allSettled(
        batch.map(({ id, version }) =>
          this.#repository.delete(OAUTH_RATE_LIMIT_TYPE, id, { version, visibleToSearch: false }),
        ),
      );
    }
  }

  async #count(id: string, limit: RateLimit): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (await this.#tryHit(id, limit)) return;
    }
    throw new FlowError('rate_limited', { retryAfterMs: 1000 });
  }

  /** `false`: another process counted at the same moment. */
  async #tryHit(id: string, limit: RateLimit): Promise<boolean> {
    const now = this.#now();
    const row = await this.#repository.getIfExists<RateLimitAttributes>(OAUTH_RATE_LIMIT_TYPE, id);
    const hits = this.#hitsIn(row, limit);
    this.#ensureRoom(hits, limit);
    const next = {
      hits: [...hits, now].sort((a, b) => a - b),
      expiresAt: new Date(now + limit.lookbackWindowMs).toISOString(),
    };
    try {
      await this.#write(id, next, row?.version);
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
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

  async #write(id: string, next: RateLimitAttributes, version: string | undefined): Promise<void> {
    const repository = this.#repository;
    if (version === undefined) {
      const options = { id, visibleToSearch: false };
      await repository.create<RateLimitAttributes>(OAUTH_RATE_LIMIT_TYPE, next, options);
    } else {
      const options = { version, visibleToSearch: false };
      await repository.update<RateLimitAttributes>(OAUTH_RATE_LIMIT_TYPE, id, next, options);
    }
  }
}

function windowIdOf(endpoint: string, who: string): string {
  return createHash('sha256').update(`${endpoint.length}:${endpoint}:${who}`).digest('base64url');
}
