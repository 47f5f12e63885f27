import { createHash } from 'node:crypto';
import { type Clock, type Logger, type Randomness, ReadThroughCache } from '@latchkey/core/server';
import type { UserDirectory, VersionedUser } from '../users/index.ts';
import type { Session, SessionStore } from './session_store.ts';

const SESSION_ID_BYTES = 32;
const SESSION_ID = /^(?:v2\.)?[A-Za-z0-9_-]{43}$/;
/** Prefix of session ids whose cookie has the prefix `__Host-`. */
const MARK = 'v2.';

/** Tells if the session started with a cookie that no sibling subdomain can set. */
export const isMarkedSessionId = (sessionId: string): boolean => sessionId.startsWith(MARK);

const MAX_CACHED = 5000;
/** A session in use is written at most this often, and at least ten times per idle timeout. */
const MAX_TOUCH_INTERVAL_MS = 5 * 60_000;

export interface SessionServiceDeps {
  readonly store: SessionStore;
  readonly directory: Pick<UserDirectory, 'findActive'>;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'bytes'>;
  readonly logger: Pick<Logger, 'debug'>;
  /** `true`: the cookie has the prefix `__Host-`. */
  readonly isCookiePrefixed: boolean;
  readonly idleTimeoutMs: number;
  readonly lifespanMs: number;
  /** How late a logout in another process may be seen, in milliseconds. */
  readonly cacheMs: number;
}

/**
 * Signed-in browsers. A session id is made here and nowhere else, at login: one that comes in with a request is looked up and
 * never taken over, so nobody can plant an id of their own.
 *
 * A session lives while its document exists, is younger than the lifespan, was used within the idle timeout (up to a tenth
 * less, since not every use is written), and its person is enabled with the same epoch as at login.
 */
export class SessionService {
  readonly #deps: SessionServiceDeps;
  readonly #cache: ReadThroughCache<Session | undefined>;
  readonly #touchIntervalMs: number;

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
    this.#touchIntervalMs = Math.min(MAX_TOUCH_INTERVAL_MS, deps.idleTimeoutMs / 10);
    this.#cache = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: (id) => deps.store.get(id),
    });
  }

  /** Signs a person in. The answer is the secret for the cookie; only its hash is kept. */
  async start(user: VersionedUser): Promise<string> {
    const random = this.#deps.randomness.bytes(SESSION_ID_BYTES).toString('base64url');
    const sessionId = `${this.#deps.isCookiePrefixed ? MARK : ''}${random}`;
    const now = this.#deps.clock.now();
    await this.#deps.store.create({
      id: hashOf(sessionId),
      username: user.username,
      profileUid: user.profileUid,
      epoch: user.sessionEpoch,
      lastSeenAt: new Date(now),
      expiresAt: new Date(now + this.#deps.lifespanMs),
    });
    return sessionId;
  }

  /** Whose session it is; `undefined` when it is unknown or has ended. */
  async resolve(sessionId: string): Promise<VersionedUser | undefined> {
    if (!SESSION_ID.test(sessionId)) return undefined;
    const id = hashOf(sessionId);
    const session = await this.#cache.get(id);
    if (session === undefined || this.#isFinished(session)) return undefined;
    const user = await this.#deps.directory.findActive(session.username);
    if (user?.profileUid !== session.profileUid) return undefined;
    if (user.sessionEpoch !== session.epoch) return undefined;
    await this.#touchIfDue(session);
    return user;
  }

  /** Ends one session, in this process at once. Unknown ids are ignored. */
  async end(sessionId: string): Promise<void> {
    if (!SESSION_ID.test(sessionId)) return;
    const id = hashOf(sessionId);
    // Before and after: a request in between must not bring the old document back into the memory.
    this.#cache.invalidate(id);
    await this.#deps.store.remove(id);
    this.#cache.invalidate(id);
  }

  /** Removes what one person's ended sessions left in the store. */
  async forgetAllOf(profileUid: string): Promise<void> {
    await this.#deps.store.removeAllOf(profileUid);
  }

  /** Removes documents of sessions that ended by time. Resolves to how many. */
  removeEnded(): Promise<number> {
    const now = this.#deps.clock.now();
    return this.#deps.store.removeEnded(new Date(now - this.#deps.idleTimeoutMs), new Date(now));
  }

  #isFinished(session: Session): boolean {
    const now = this.#deps.clock.now();
    return (
      now >= session.expiresAt.getTime() ||
      now - session.lastSeenAt.getTime() >= this.#deps.idleTimeoutMs
    );
  }

  async #touchIfDue(session: Session): Promise<void> {
    const now = this.#deps.clock.now();
    if (now - session.lastSeenAt.getTime() < this.#touchIntervalMs) return;
    // Forgotten first, so that of many parallel requests only those already under way write, and by compare-and-set one wins.
    this.#cache.invalidate(session.id);
    try {
      await this.#deps.store.touch(session, new Date(now));
    } catch (error) {
      // The session is valid either way; the next request tries again.
      this.#deps.logger.debug('Could not note that a session was used.', { error });
    }
    this.#cache.invalidate(session.id);
  }
}

function hashOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url');
}
