import { type AuthenticatedUser, type Clock, ReadThroughCache } from '@latchkey/core/server';
import { toAuthenticatedUser, type VersionedUser } from './user.ts';
import type { UserStore } from './user_store.ts';

const MAX_CACHED = 2000;

/** Collaborators and settings of {@link UserDirectory}. */
export interface UserDirectoryDeps {
  readonly store: Pick<UserStore, 'get' | 'usernameOf'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Maximum milliseconds until a change by another process is seen. */
  readonly cacheMs: number;
}

/**
 * Cached reads of users, which every request needs. Changes by this process are seen immediately.
 */
export class UserDirectory {
  readonly #users: ReadThroughCache<VersionedUser | undefined>;
  readonly #usernames: ReadThroughCache<string | undefined>;

  constructor({ store, clock, cacheMs }: UserDirectoryDeps) {
    const options = { clock, ttlMs: cacheMs, maxEntries: MAX_CACHED };
    this.#users = new ReadThroughCache({ ...options, load: (username) => store.get(username) });
    this.#usernames = new ReadThroughCache({ ...options, load: (uid) => store.usernameOf(uid) });
  }

  /** Finds an active user by name. `undefined`: there is no such user, or the user is disabled. */
  async findActive(username: string): Promise<VersionedUser | undefined> {
    const user = await this.#users.get(username);
    return user?.enabled ? user : undefined;
  }

  /** Finds an active user by profile uid. `undefined`: the user was deleted or disabled. */
  async findActiveByProfile(profileUid: string): Promise<VersionedUser | undefined> {
    const username = await this.#usernames.get(profileUid);
    if (username === undefined) return undefined;
    const user = await this.findActive(username);
    return user?.profileUid === profileUid ? user : undefined;
  }

  /**
   * Returns a user as a principal with the current roles, for background work. `undefined`: the
   * user was deleted or disabled.
   */
  async getActiveUser(profileUid: string): Promise<AuthenticatedUser | undefined> {
    const user = await this.findActiveByProfile(profileUid);
    return user === undefined ? undefined : toAuthenticatedUser(user, 'deferred');
  }

  /** Removes a user from the cache. Call it after every write of the user. */
  invalidate(username: string, profileUid: string): void {
    this.#users.invalidate(username);
    this.#usernames.invalidate(profileUid);
  }
}
