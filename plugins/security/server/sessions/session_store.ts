import {
  type Filter,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { BrowserDescription } from './describe_browser.ts';
import { SESSION_TYPE } from './session_type.ts';

/** The session of one signed-in browser. */
export interface Session extends BrowserDescription {
  /** Hash of the session id. */
  readonly id: string;
  readonly username: string;
  readonly profileUid: string;
  readonly epoch: string;
  /** Time of the login. `undefined`: an older build created the session. */
  readonly createdAt: Date | undefined;
  readonly lastSeenAt: Date;
  /** Time at which the session ends, even if it is in use. */
  readonly expiresAt: Date;
  readonly version: string;
}

type SessionAttributes = BrowserDescription & {
  readonly username: string;
  readonly profileUid: string;
  readonly epoch: string;
  readonly createdAt?: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
};

/**
 * Sessions by the hash of their id. All methods throw SavedObjectError when the store cannot be
 * reached.
 */
export class SessionStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  async create(session: Omit<Session, 'version'>): Promise<void> {
    const { id, createdAt, lastSeenAt, expiresAt, ...rest } = session;
    const attributes: SessionAttributes = {
      ...rest,
      ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
      lastSeenAt: lastSeenAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    };
    await this.#repository().create(SESSION_TYPE, attributes, { id });
  }

  /** Reads a session. `undefined`: there is none. */
  async get(id: string): Promise<Session | undefined> {
    const found = await this.#repository().getIfExists<SessionAttributes>(SESSION_TYPE, id);
    return found === undefined ? undefined : toSession(found);
  }

  /**
   * Stores the last use of a session. Writes nothing if a logout or another request has changed the
   * document, so that it never restores an ended session.
   */
  async touch(session: Session, lastSeenAt: Date): Promise<void> {
    await unlessConflict(() =>
      this.#repository().update<SessionAttributes>(
        SESSION_TYPE,
        session.id,
        { lastSeenAt: lastSeenAt.toISOString() },
        { version: session.version },
      ),
    );
  }

  /** Removes a session. `false`: there was none. Of concurrent calls, exactly one gets `true`. */
  async remove(id: string): Promise<boolean> {
    try {
      await this.#repository().delete(SESSION_TYPE, id);
      return true;
    } catch (error) {
      if (!isSavedObjectError(error, 'not_found')) throw error;
      return false;
    }
  }

  /**
   * Documents of the sessions of one user, including ended ones. A search, which may miss the
   * latest logins.
   */
  async listOf(profileUid: string): Promise<readonly Session[]> {
    const sessions: Session[] = [];
    const matching = filter.equals('profileUid', profileUid);
    const batches = this.#repository().iterate<SessionAttributes>({
      type: SESSION_TYPE,
      filter: matching,
    });
    for await (const batch of batches) sessions.push(...batch.map(toSession));
    return sessions;
  }

  /**
   * Number of documents of the sessions of one user, including ended ones. A search, like {@link
   * listOf}.
   */
  async countOf(profileUid: string): Promise<number> {
    const matching = filter.equals('profileUid', profileUid);
    const request = { type: SESSION_TYPE, filter: matching, perPage: 0 };
    return (await this.#repository().find(request)).total;
  }

  /** Ids of the least recently used sessions of one user, at most `limit`. */
  async leastRecentlyUsed(profileUid: string, limit: number): Promise<readonly string[]> {
    const { savedObjects } = await this.#repository().find({
      type: SESSION_TYPE,
      filter: filter.equals('profileUid', profileUid),
      sort: [{ field: 'lastSeenAt', order: 'asc' }],
      perPage: limit,
      fields: [],
    });
    return savedObjects.map(({ id }) => id);
  }

  /** Removes the session documents of one user. Their epoch has already ended these sessions. */
  removeAllOf(profileUid: string): Promise<number> {
    return this.#deleteMatching(filter.equals('profileUid', profileUid));
  }

  /** Deletes documents of ended sessions. Resolves to their number. */
  deleteExpired(idleSince: Date, now: Date): Promise<number> {
    return this.#deleteMatching(
      filter.or(filter.before('lastSeenAt', idleSince), filter.before('expiresAt', now)),
    );
  }

  #deleteMatching(matching: Filter): Promise<number> {
    return this.#repository().deleteMatching({ type: SESSION_TYPE, filter: matching });
  }
}

function toSession({ id, attributes, version }: SavedObject<SessionAttributes>): Session {
  return {
    id,
    username: attributes.username,
    profileUid: attributes.profileUid,
    epoch: attributes.epoch,
    createdAt: attributes.createdAt === undefined ? undefined : new Date(attributes.createdAt),
    ...(attributes.browser === undefined ? {} : { browser: attributes.browser }),
    ...(attributes.system === undefined ? {} : { system: attributes.system }),
    lastSeenAt: new Date(attributes.lastSeenAt),
    expiresAt: new Date(attributes.expiresAt),
    version,
  };
}
