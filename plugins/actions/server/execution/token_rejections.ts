import type { Clock } from '@latchkey/core/server';
import { LRUCache } from 'lru-cache';

const MAX_GRANTS = 10_000;
const MAX_ENDPOINTS = 50;
/** This many paths must reject a token, none accepting it in between, before it counts as dead. */
const PATHS_FOR_EVIDENCE = 3;
/** After this many endpoints that a refresh did not help, other endpoints wait as well. */
const UNCURED_FOR_GRANT_BACKOFF = 3;
const FIRST_BACKOFF_MS = 60_000;
const MAX_BACKOFF_MS = 60 * 60_000;
/** Other processes refresh too, so a changed token shortens the wait and does not end it. */
const MAX_BACKOFF_OF_CHANGED_TOKEN_MS = 5 * 60_000;

/** One request that was sent with a token of the grant. */
export interface SentRequest {
  /** Names the grant. */
  readonly grant: string;
  readonly method: string;
  /** Origin and path, without the query. */
  readonly path: string;
  /** Of the token that was sent. */
  readonly fingerprint: string;
}

interface Backoff {
  /** Of the fresh token that was rejected. */
  fingerprint: string;
  failures: number;
  /** By the monotonic clock. */
  since: number;
}

interface Grant {
  readonly endpoints: LRUCache<string, Backoff>;
  /** Paths that rejected the token `suspect` since a path last accepted it. */
  suspect: string | undefined;
  readonly paths: Set<string>;
  /** Refreshes in a row after which the fresh token was rejected as well. */
  uncured: number;
  uncuredAt: number;
}

/**
 * Memory of rejected tokens in this process. It answers two questions about a 401:
 * - Does a refresh make sense? Not where a fresh token was rejected a moment ago: such a path is
 *   closed to the account, and every call would spend a refresh at the provider.
 * - Is the token dead everywhere, or is one path closed?
 *
 * Bounded; what is forgotten costs one refresh.
 */
export class TokenRejections {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #grants = new LRUCache<string, Grant>({ max: MAX_GRANTS });

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Notes a rejection. @returns whether enough paths have rejected this token to call it dead */
  rejected(request: SentRequest): boolean {
    const grant = this.#of(request.grant);
    if (grant.suspect !== request.fingerprint) {
      grant.suspect = request.fingerprint;
      grant.paths.clear();
    }
    if (grant.paths.size < PATHS_FOR_EVIDENCE) grant.paths.add(request.path);
    return grant.paths.size >= PATHS_FOR_EVIDENCE;
  }

  /** Notes that a fresh token, requested because of this endpoint, was rejected by it as well. */
  rejectedAfterRefresh(request: SentRequest): void {
    const grant = this.#of(request.grant);
    const now = this.#clock.monotonic();
    const known = grant.endpoints.get(endpointOf(request));
    // Many calls may share one refresh; they count once.
    if (known?.fingerprint === request.fingerprint && now < known.since + FIRST_BACKOFF_MS) return;
    if (known === undefined) grant.uncured += 1;
    grant.uncuredAt = now;
    grant.endpoints.set(endpointOf(request), {
      fingerprint: request.fingerprint,
      failures: (known?.failures ?? 0) + 1,
      since: now,
    });
  }

  /** Notes that a service took the token. */
  accepted(request: SentRequest, options: { readonly afterRefresh: boolean }): void {
    // Almost always nothing is known: this runs for every response.
    if (this.#grants.size === 0) return;
    const grant = this.#grants.get(request.grant);
    if (grant === undefined) return;
    if (grant.suspect === request.fingerprint) grant.paths.clear();
    grant.endpoints.delete(endpointOf(request));
    if (options.afterRefresh) grant.uncured = 0;
    if (grant.endpoints.size === 0 && grant.paths.size === 0) this.#grants.delete(request.grant);
  }

  /** Whether a refresh may help: no fresh token was rejected by this endpoint within the backoff. */
  mayRefresh(request: SentRequest): boolean {
    const grant = this.#grants.get(request.grant);
    if (grant === undefined) return true;
    const now = this.#clock.monotonic();
    const known = grant.endpoints.get(endpointOf(request));
    if (known === undefined) {
      const isWaiting = now < grant.uncuredAt + FIRST_BACKOFF_MS;
      return grant.uncured < UNCURED_FOR_GRANT_BACKOFF || !isWaiting;
    }
    const doubled = FIRST_BACKOFF_MS * 2 ** Math.min(known.failures - 1, 10);
    const isSameToken = known.fingerprint === request.fingerprint;
    const longest = isSameToken ? MAX_BACKOFF_MS : MAX_BACKOFF_OF_CHANGED_TOKEN_MS;
    return now >= known.since + Math.min(doubled, longest);
  }

  #of(name: string): Grant {
    let grant = this.#grants.get(name);
    if (grant === undefined) {
      grant = {
        endpoints: new LRUCache({ max: MAX_ENDPOINTS }),
        suspect: undefined,
        paths: new Set(),
        uncured: 0,
        uncuredAt: 0,
      };
      this.#grants.set(name, grant);
    }
    return grant;
  }
}

function endpointOf({ method, path }: SentRequest): string {
  return `${method} ${path}`;
}
