import {
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
  withoutUndefined,
} from '@latchkey/saved-objects';
import type { PasswordCheck, User, VersionedUser } from './user.ts';
import { USER_PROFILE_TYPE, USER_TYPE } from './user_types.ts';

type UserAttributes = Omit<User, 'fullName' | 'email' | 'apiKeyEpoch' | 'vetting'> & {
  readonly vetting?: PasswordCheck;
  readonly apiKeyEpoch?: string;
  readonly fullName?: string;
  readonly email?: string;
  readonly guardedAt?: string;
};

/** Changes of a stored user; `undefined` removes an optional attribute. */
export type UserChanges = {
  readonly [K in keyof Omit<UserAttributes, 'username' | 'profileUid'>]?:
    | UserAttributes[K]
    | undefined;
};

/**
 * Users and their profiles. Their ids are derived from the name and the profile uid, so that every
 * read by name or profile uid is real-time. All methods throw SavedObjectError when the store
 * cannot be reached.
 */
export class UserStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Reads a user. `undefined`: there is none with this name. */
  async get(username: string): Promise<VersionedUser | undefined> {
    const found = await this.#repository().getIfExists<UserAttributes>(USER_TYPE, username);
    return found === undefined ? undefined : toUser(found);
  }

  /**
   * The username of a profile uid. The account itself may have been deleted. `undefined`: no user
   * has ever had this profile uid.
   */
  async usernameOf(profileUid: string): Promise<string | undefined> {
    const found = await this.#repository().getIfExists<{ readonly username: string }>(
      USER_PROFILE_TYPE,
      profileUid,
    );
    return found?.attributes.username;
  }

  /**
   * All users, sorted by name. This is a search: it finds users that were written before it, but
   * may miss users that are created while it runs.
   */
  async list(): Promise<readonly VersionedUser[]> {
    const users: VersionedUser[] = [];
    for await (const batch of this.#repository().iterate<UserAttributes>({ type: USER_TYPE })) {
      users.push(...batch.map(toUser));
    }
    return users.sort((a, b) => (a.username < b.username ? -1 : 1));
  }

  /** Profile uids of the enabled users, read in batches. A search, like {@link list}. */
  async *activeProfileUids(): AsyncIterable<string> {
    for await (const batch of this.#named(['enabled', 'profileUid']))
      for (const { attributes } of batch) if (attributes.enabled) yield attributes.profileUid;
  }

  /**
   * Profile uids of at most `limit` enabled users whose username or full name contains the text;
   * upper and lower case count as equal.
   */
  async findProfileUids(text: string, limit: number): Promise<readonly string[]> {
    const wanted = text.toLowerCase();
    const found: string[] = [];
    for await (const batch of this.#named(['enabled', 'username', 'fullName', 'profileUid'])) {
      for (const { attributes } of batch) {
        const { enabled, username, fullName = '', profileUid } = attributes;
        const names = [username, fullName].map((name) => name.toLowerCase());
        if (!enabled || !names.some((name) => name.includes(wanted))) continue;
        found.push(profileUid);
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  async isEmpty(): Promise<boolean> {
    const { total } = await this.#repository().find({ type: USER_TYPE, perPage: 0 });
    return total === 0;
  }

  /** All users, sorted by name, with only these attributes. */
  #named<K extends keyof UserAttributes>(fields: readonly K[]) {
    const options = { type: USER_TYPE, fields };
    return this.#repository().iterate<Pick<UserAttributes, K>>(options);
  }

  /** Stores a new user. `false`: the name is taken, and nothing was stored. */
  async create(user: User): Promise<boolean> {
    const { fullName, email, apiKeyEpoch, vetting, ...rest } = user;
    const attributes: UserAttributes = {
      ...rest,
      ...withoutUndefined({
        fullName,
        email,
        apiKeyEpoch,
        vetting,
      }),
    };
    // The profile is written first. A profile without a user is harmless, but a user without a
    // profile could not be found by profile uid.
    await this.#repository().create(
      USER_PROFILE_TYPE,
      { username: user.username },
      { id: user.profileUid },
    );
    try {
      await this.#repository().create(USER_TYPE, attributes, { id: user.username });
      return true;
    } catch (error) {
      if (!isSavedObjectError(error, 'conflict')) throw error;
      await this.#removeProfile(user.profileUid);
      return false;
    }
  }

  /**
   * Changes a user. Resolves to `undefined` when the user was changed or deleted after `user` was
   * read.
   */
  async update(
    user: VersionedUser,
    changes: UserChanges,
    options: { readonly visibleToSearch?: boolean } = {},
  ): Promise<VersionedUser | undefined> {
    const { username, version } = user;
    const updated = await unlessConflict(() =>
      this.#repository().update<UserAttributes>(USER_TYPE, username, changes, {
        version,
        ...options,
      }),
    );
    return updated && toUser(updated);
  }

  /**
   * Deletes a user. Resolves to `false` when the user was changed or deleted after `user` was read.
   */
  async remove(user: VersionedUser): Promise<boolean> {
    const { username, version } = user;
    const removed = await unlessConflict(async () => {
      await this.#repository().delete(USER_TYPE, username, { version });
      return true;
    });
    if (removed === undefined) return false;
    await this.#removeProfile(user.profileUid);
    return true;
  }

  async #removeProfile(profileUid: string): Promise<void> {
    try {
      await this.#repository().delete(USER_PROFILE_TYPE, profileUid);
    } catch (error) {
      if (!isSavedObjectError(error, 'not_found')) throw error;
    }
  }
}

function toUser({ attributes, version }: SavedObject<UserAttributes>): VersionedUser {
  return {
    username: attributes.username,
    profileUid: attributes.profileUid,
    passwordHash: attributes.passwordHash,
    vetting: attributes.vetting,
    sessionEpoch: attributes.sessionEpoch,
    apiKeyEpoch: attributes.apiKeyEpoch,
    roles: attributes.roles,
    fullName: attributes.fullName,
    email: attributes.email,
    metadata: attributes.metadata,
    enabled: attributes.enabled,
    version,
  };
}
