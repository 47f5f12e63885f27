import { createHash } from 'node:crypto';
import { type Clock, type Logger, type Randomness, ReadThroughCache } from '@latchkey/core/server';
import type { UserDirectory, VersionedUser } from '../users/index.ts';
import type { BrowserDescription } from './describe_browser.ts';
import type { Session, SessionStore } from './session_store.ts';

const SESSION_ID_BYTES = 32;
const SESSION_ID = /^(?:v2\.)?[A-Za-z0-9_-]{43}$/;
/** Prefix of the ids of sessions whose cookie has the prefix `__Host-`. */
const MARK = 'v2.';

/**
 * Returns `true` if the session was created with a `__Host-` cookie, which no sibling subdomain can
 * set.
 */
export const isMarkedSessionId = (sessionId: string): boolean => sessionId.startsWith(MARK);

const MAX_CACHED = 5000;
/**
 * Maximum number of sessions that one login ends. Older builds had no limit, so a user may have
 * thousands.
 */
const MAX_ENDED_AT_ONCE = 100;
/**
 * Maximum milliseconds between two writes of the last use of a session. With short idle timeouts it
 * is written more often, at least ten times per timeout.
 */
const MAX_TOUCH_INTERVAL_MS = 5 * 60_000;

/** Collaborators and settings of {@link SessionService}. */
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
  /** Maximum number of sessions of one user. */
  readonly maxPerUser: number;
  /** Maximum milliseconds until a logout in another process is noticed. */
  readonly cacheMs: number;
}

/**
 * Sessions of signed-in browsers. Only this class creates session ids, at login. An id in a request
 * is only looked up, so an attacker cannot choose the id of another user's session.
 * A session is valid while all of this is true: its document exists; it is younger than the
 * lifespan; it was used within the idle timeout (up to a tenth less, because not every use is
 * written); its user is enabled and has the same epoch as at login.
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

  /**
   * Signs a user in. Resolves to the secret for the cookie. Only the hash of the secret is stored.
   */
  start(
    { username, profileUid, sessionEpoch: epoch }: VersionedUser,
    client: BrowserDescription,
  ): Promise<string> {
    const now = this.#deps.clock.now();
    return this.#create({
      ...{ username, profileUid, epoch, ...client },
      createdAt: new Date(now),
      expiresAt: new Date(now + this.#deps.lifespanMs),
    });
  }

  async #create(session: Omit<Session, 'id' | 'version' | 'lastSeenAt'>): Promise<string> {
    const random = this.#deps.randomness.bytes(SESSION_ID_BYTES).toString('base64url');
    const sessionId = `${this.#deps.isCookiePrefixed ? MARK : ''}${random}`;
    const lastSeenAt = new Date(this.#deps.clock.now());
    await this.#deps.store.create({ ...session, id: hashOf(sessionId), lastSeenAt });
    return sessionId;
  }

  /**
   * Ends the least recently used sessions of a user above the maximum, at most {@link
   * MAX_ENDED_AT_ONCE} per call. Searches miss logins of the last moments, so these can exceed the
   * maximum.
   * @param sessionId session that has just started, which is never ended here
   * @returns number of sessions that were ended
   */
  async endExcess(
    { profileUid }: Pick<VersionedUser, 'profileUid'>,
    sessionId: string,
  ): Promise<number> {
    const { store, maxPerUser } = this.#deps;
    const count = Math.min((await store.countOf(profileUid)) - maxPerUser, MAX_ENDED_AT_ONCE);
    if (count <= 0) return 0;
    const started = hashOf(sessionId);
    // One more is read, because the new session may be among them if sessions were used at the same
    // time.
    const oldest = await store.leastRecentlyUsed(profileUid, count + 1);
    const ending = oldest.filter((id) => id !== started).slice(0, count);
    for (const id of ending) await this.#remove(id);
    return ending.length;
  }

  /**
   * Reads a session from the store and not from the cache. `undefined`: it does not exist or has
   * expired. A new epoch of the user may have ended a session that is returned.
   */
  async read(sessionId: string): Promise<Session | undefined> {
    if (!SESSION_ID.test(sessionId)) return undefined;
    const session = await this.#deps.store.get(hashOf(sessionId));
    return session === undefined || this.#isFinished(session) ? undefined : session;
  }

  /**
   * Replaces a session that a new epoch of its user has ended by a session with a new id. The new
   * session keeps the time of the login and of the end, so that repeated calls do not extend it.
   * The caller must have created `epoch`, and only if the session had the epoch before it.
   * Otherwise another request has ended the session.
   * @returns secret for the cookie; `undefined`: a logout has ended the session first
   */
  async succeed(session: Session, epoch: string): Promise<string | undefined> {
    const { id, version: _, ...rest } = session;
    // A logout also removes the document. Only one of both finds it, so a logout cannot be undone
    // here.
    const isRemoved = await this.#deps.store.remove(id);
    this.#cache.invalidate(id);
    return isRemoved ? this.#create({ ...rest, epoch }) : undefined;
  }

  /**
   * Active sessions of a user, the most recently used first. Logins of the last second may be
   * missing, except the session of the request.
   * @param sessionId session of the request; `undefined`: it has none
   */
  async listActive(
    user: VersionedUser,
    sessionId: string | undefined,
  ): Promise<readonly (Session & { readonly isCurrent: boolean })[]> {
    const current = sessionId === undefined ? undefined : await this.read(sessionId);
    const found = await this.#deps.store.listOf(user.profileUid);
    const byId = new Map([...found, ...(current === undefined ? [] : [current])].map(pairOf));
    return [...byId.values()]
      .filter((session) => isOf(user, session))
      .filter((session) => !this.#isFinished(session))
      .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
      .map((session) => ({ ...session, isCurrent: session.id === current?.id }));
  }

  /** Removes the documents of sessions that a new epoch of their user has ended. */
  async removeSuperseded({ profileUid, sessionEpoch }: VersionedUser): Promise<void> {
    const sessions = await this.#deps.store.listOf(profileUid);
    for (const { id, epoch } of sessions) {
      if (epoch !== sessionEpoch) await this.#deps.store.remove(id);
    }
  }

  /**
   * The user of a session; `undefined` when the session is unknown or has ended.
   * @param options `isUse` false: a page has sent the request by itself, so that it does not extend
   *   the session
   */
  async resolve(
    sessionId: string,
    { isUse = true }: { readonly isUse?: boolean } = {},
  ): Promise<VersionedUser | undefined> {
    if (!SESSION_ID.test(sessionId)) return undefined;
    const id = hashOf(sessionId);
    const session = await this.#cache.get(id);
    if (session === undefined || this.#isFinished(session)) return undefined;
    const user = await this.#deps.directory.findActive(session.username);
    if (user === undefined || !isOf(user, session)) return undefined;
    if (isUse) await this.#touchIfDue(session);
    return user;
  }

  /** Ends one session. In this process it ends immediately. Unknown ids are ignored. */
  async end(sessionId: string): Promise<void> {
    if (!SESSION_ID.test(sessionId)) return;
    await this.#remove(hashOf(sessionId));
  }

  async #remove(id: string): Promise<void> {
    // The cache is invalidated before and after the write, because a request in between could cache
    // the old document again.
    this.#cache.invalidate(id);
    await this.#deps.store.remove(id);
    this.#cache.invalidate(id);
  }

  /** Removes the documents of ended sessions of one user. */
  async removeAllOf(profileUid: string): Promise<void> {
    await this.#deps.store.removeAllOf(profileUid);
  }

  /** Deletes documents of expired sessions. Resolves to their number. */
  deleteExpired(): Promise<number> {
    const now = this.#deps.clock.now();
    return this.#deps.store.deleteExpired(new Date(now - this.#deps.idleTimeoutMs), new Date(now));
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
    // The cache is invalidated first: of many parallel requests, only those in progress then write,
    // and one of them succeeds by compare-and-set.
    this.#cache.invalidate(session.id);
    try {
      await this.#deps.store.touch(session, new Date(now));
    } catch (error) {
      // The session stays valid, so this failure is only logged. The next request tries again.
      this.#deps.logger.debug('Could not store the last use of a session', { error });
    }
    this.#cache.invalidate(session.id);
  }
}

function hashOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url');
}

const pairOf = (session: Session) => [session.id, session] as const;

/** Returns `true` if a session belongs to the account, and was not ended by a new epoch. */
function isOf(user: VersionedUser, session: Pick<Session, 'profileUid' | 'epoch'>): boolean {
  return user.profileUid === session.profileUid && user.sessionEpoch === session.epoch;
}
