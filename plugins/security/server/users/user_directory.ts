import { type AuthenticatedUser, type Clock, ReadThroughCache } from '@latchkey/core/server';
import { toAuthenticatedUser, type VersionedUser } from './user.ts';
import type { UserStore } from './user_store.ts';

const MAX_CACHED = 2000;

export interface UserDirectoryDeps {
  readonly store: Pick<UserStore, 'get' | 'usernameOf'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** How late a change made by another process may be seen, in milliseconds. */
  readonly cacheMs: number;
}

/** Who exists now, for every request: a short memory over the store, told at once of changes made in this process. */
export class UserDirectory {
  readonly #users: ReadThroughCache<VersionedUser | undefined>;
  readonly #usernames: ReadThroughCache<string | undefined>;

  constructor({ store, clock, cacheMs }: UserDirectoryDeps) {
    const options = { clock, ttlMs: cacheMs, maxEntries: MAX_CACHED };
    this.#users = new ReadThroughCache({ ...options, load: (username) => store.get(username) });
    this.#usernames = new ReadThroughCache({ ...options, load: (uid) => store.usernameOf(uid) });
  }

  /** `undefined`: nobody of that name, or disabled. */
  async findActive(username: string): Promise<VersionedUser | undefined> {
    const user = await this.#users.get(username);
    return user?.enabled ? user : undefined;
  }

  /** The person behind a profile uid; `undefined` when deleted or disabled. */
  async findActiveByProfile(profileUid: string): Promise<VersionedUser | undefined> {
    const username = await this.#usernames.get(profileUid);
    if (username === undefined) return undefined;
    const user = await this.findActive(username);
    return user?.profileUid === profileUid ? user : undefined;
  }

  /** For background work: the person as a principal, with the roles they hold now. */
  async getActiveUser(profileUid: string): Promise<AuthenticatedUser | undefined> {
    const user = await this.findActiveByProfile(profileUid);
    return user === undefined ? undefined : toAuthenticatedUser(user, 'session');
  }

  /** Call after every write of that person. */
  forget(username: string, profileUid: string): void {
    this.#users.invalidate(username);
    this.#usernames.invalidate(profileUid);
  }
}
