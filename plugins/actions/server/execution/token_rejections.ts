import { type Clock, createLruCache, type LRUCache } from '@latchkey/core/server';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import { type EndpointFamily, endpointFamily, mayBeSameEndpoint } from './endpoint_family.ts';

const MAX_GRANTS = 10_000;
const MAX_ENDPOINTS = 50;
/**
 * Number of different endpoints in a row that must reject a token before it is considered invalid
 * everywhere. All items of a collection count as one endpoint.
 */
const ENDPOINTS_FOR_EVIDENCE = 3;
/**
 * After refreshes have not helped at this number of endpoints, all endpoints of the grant have to
 * wait before another refresh.
 */
const FAILED_REFRESHES_FOR_GRANT_BACKOFF = 3;
const INITIAL_BACKOFF_MS = 60_000;
const MAX_BACKOFF_MS = 60 * 60_000;
/**
 * Maximum backoff if the token has changed since the rejection. There is still a backoff, because
 * the refresh that changed the token may have been one of another process that did not help either.
 */
const MAX_BACKOFF_OF_CHANGED_TOKEN_MS = 5 * 60_000;

/** A request that was sent with a token of the grant. */
export interface SentRequest {
  /** Key of the grant: space, connector and owner. */
  readonly grant: string;
  readonly method: string;
  /** Origin and path of the URL, without the query. */
  readonly path: string;
  /** Fingerprint of the token that was sent. */
  readonly fingerprint: string;
}

interface Backoff {
  /** Fingerprint of the fresh token that was rejected. */
  fingerprint: string;
  failures: number;
  /** Instant of the rejection on the monotonic clock, in milliseconds. */
  since: number;
}

interface Grant {
  readonly endpoints: LRUCache<string, Backoff>;
  /** Fingerprint of the token that `rejectedBy` has rejected. `undefined`: none was rejected. */
  suspect: string | undefined;
  /** Endpoints that have rejected the token `suspect` since an endpoint last accepted it. */
  rejectedBy: readonly EndpointFamily[];
  /** Number of consecutive refreshes whose fresh token was rejected too. */
  failedRefreshes: number;
  /** Instant of the last such refresh on the monotonic clock, in milliseconds. */
  lastFailedRefreshAt: number;
}

/**
 * Remembers which services rejected tokens in this process. Two decisions about a 401 depend on it:
 * - May the token be refreshed? Not if the same path has just rejected a fresh token. The account
 *   has no access to that path, and every call would cause another refresh.
 * - Is the token invalid everywhere, or does only one endpoint reject it?
 *
 * The memory is bounded. Forgetting a grant or an endpoint costs at most one refresh.
 */
export class TokenRejections {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #grants = createLruCache<string, Grant>(MAX_GRANTS);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Records a rejection.
   * @returns `true` if enough endpoints have rejected this token to count it as invalid everywhere
   */
  rejected(request: SentRequest): boolean {
    const grant = this.#of(request.grant);
    if (grant.suspect !== request.fingerprint) {
      grant.suspect = request.fingerprint;
      grant.rejectedBy = [];
    }
    const family = endpointFamily(new URL(request.path).pathname);
    const isKnown = grant.rejectedBy.some((known) => mayBeSameEndpoint(known, family));
    if (!isKnown && grant.rejectedBy.length < ENDPOINTS_FOR_EVIDENCE) {
      grant.rejectedBy = [...grant.rejectedBy, family];
    }
    return grant.rejectedBy.length >= ENDPOINTS_FOR_EVIDENCE;
  }

  /**
   * Records that this endpoint also rejected the fresh token, which was requested because of it.
   */
  rejectedAfterRefresh(request: SentRequest): void {
    const grant = this.#of(request.grant);
    const now = this.#clock.monotonic();
    const known = grant.endpoints.get(endpointOf(request));
    // Many calls may share one refresh, which counts once.
    if (known?.fingerprint === request.fingerprint && now < known.since + INITIAL_BACKOFF_MS)
      return;
    if (known === undefined) grant.failedRefreshes += 1;
    grant.lastFailedRefreshAt = now;
    grant.endpoints.set(endpointOf(request), {
      fingerprint: request.fingerprint,
      failures: (known?.failures ?? 0) + 1,
      since: now,
    });
  }

  /** `true`: no rejection is remembered, so an accepted request need not be recorded. */
  get isEmpty(): boolean {
    return this.#grants.size === 0;
  }

  /** Records that a service accepted the token. */
  accepted(request: SentRequest, options: { readonly afterRefresh: boolean }): void {
    const grant = this.#grants.get(request.grant);
    if (grant === undefined) return;
    if (grant.suspect === request.fingerprint) grant.rejectedBy = [];
    grant.endpoints.delete(endpointOf(request));
    if (options.afterRefresh) grant.failedRefreshes = 0;
    if (grant.endpoints.size === 0 && grant.rejectedBy.length === 0)
      this.#grants.delete(request.grant);
  }

  /**
   * Returns `true` if a refresh may help: the endpoint rejected no fresh token within the backoff.
   */
  mayRefresh(request: SentRequest): boolean {
    const grant = this.#grants.get(request.grant);
    if (grant === undefined) return true;
    const now = this.#clock.monotonic();
    const known = grant.endpoints.get(endpointOf(request));
    if (known === undefined) {
      const isWaiting = now < grant.lastFailedRefreshAt + INITIAL_BACKOFF_MS;
      return grant.failedRefreshes < FAILED_REFRESHES_FOR_GRANT_BACKOFF || !isWaiting;
    }
    const isSameToken = known.fingerprint === request.fingerprint;
    const maxMs = isSameToken ? MAX_BACKOFF_MS : MAX_BACKOFF_OF_CHANGED_TOKEN_MS;
    const pauseMs = backoffMs({ initialMs: INITIAL_BACKOFF_MS, maxMs }, known.failures);
    return now >= known.since + pauseMs;
  }

  #of(name: string): Grant {
    let grant = this.#grants.get(name);
    if (grant === undefined) {
      grant = {
        endpoints: createLruCache(MAX_ENDPOINTS),
        suspect: undefined,
        rejectedBy: [],
        failedRefreshes: 0,
        lastFailedRefreshAt: 0,
      };
      this.#grants.set(name, grant);
    }
    return grant;
  }
}

function endpointOf({ method, path }: SentRequest): string {
  return `${method} ${path}`;
}
