import type { Randomness } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import type { PasswordHasher } from '../passwords/index.ts';
import { SecurityError } from '../security_error.ts';
import type { UserChange } from '../types.ts';
import { accountVersion } from './account_version.ts';
import {
  checkDevelopmentPassword,
  isDevelopmentPassword,
  isKnownToHaveDevelopmentPassword,
} from './development_passwords.ts';
import { isActiveSuperuser, type SuperuserGuard } from './superuser_guard.ts';
import { newProfileUid, type User, type VersionedUser } from './user.ts';
import type { UserChangeFeed } from './user_change_feed.ts';
import type { UserDirectory } from './user_directory.ts';
import type { UserChanges, UserStore } from './user_store.ts';

/** Maximum attempts when other requests change the same users at the same time. */
const MAX_ATTEMPTS = 5;

/** Properties of an account that an administrator sets. */
export interface UserInput {
  readonly username: string;
  /** New password. `undefined`: the current one stays. A new account needs a password. */
  readonly password: string | undefined;
  readonly roles: readonly string[];
  /** `undefined`: the user has no full name. */
  readonly fullName: string | undefined;
  /** `undefined`: the user has no email address. */
  readonly email: string | undefined;
  readonly metadata: User['metadata'];
  readonly enabled: boolean;
}

/** A user's session epoch before and after a change that ended all sessions. */
export interface SessionEpochs {
  readonly before: string;
  readonly after: string;
}

/** Collaborators and settings of {@link UserService}. */
export interface UserServiceDeps {
  readonly store: UserStore;
  readonly directory: Pick<UserDirectory, 'invalidate'>;
  readonly guard: SuperuserGuard;
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly changes: Pick<UserChangeFeed, 'publish'>;
  readonly randomness: Randomness;
  /** `true`: development passwords are refused, as in production. */
  readonly refusesDevelopmentPasswords: boolean;
}

/**
 * Creates, changes and removes users. Every change takes effect in this process before its promise
 * resolves.
 */
export class UserService {
  readonly #deps: UserServiceDeps;

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
  }

  list(): Promise<readonly User[]> {
    return this.#deps.store.list();
  }

  /**
   * Returns a stored user with its version.
   * @throws SecurityError `user_not_found`
   */
  async get(username: string): Promise<VersionedUser> {
    const user = await this.#deps.store.get(username);
    if (user === undefined) {
      throw new SecurityError('user_not_found', `User [${username}] does not exist.`, { username });
    }
    return user;
  }

  /**
   * Creates the user, or changes an existing one to `input`.
   * @param options.version the only version, of {@link accountVersion}, that is changed.
   *   `undefined`: any version is changed, and a missing user is created
   * @throws SecurityError `password_required` for a new user without one, `password_well_known`,
   *   `last_superuser`, `user_conflict`; with a version also `stale_version` and `user_not_found`
   */
  async save(
    input: UserInput,
    { version }: { readonly version?: string | undefined } = {},
  ): Promise<void> {
    const { username } = input;
    if (version === undefined && (await this.#deps.store.get(username)) === undefined) {
      await this.create(input);
      return;
    }
    const secret = input.password === undefined ? undefined : await this.#hash(input.password);
    await this.#change(username, (user) => {
      if (version !== undefined && version !== accountVersion(user)) throw stale(username);
      return {
        roles: input.roles,
        fullName: input.fullName,
        email: input.email,
        metadata: input.metadata,
        enabled: input.enabled,
        ...secret,
        ...(secret === undefined && input.enabled === user.enabled
          ? {}
          : { sessionEpoch: this.#deps.randomness.uuid() }),
      };
    });
  }

  /**
   * Creates a user.
   * @throws SecurityError `password_required`, `password_well_known`, or `user_exists` when the
   * name is taken
   */
  async create(input: UserInput): Promise<void> {
    const { password, username } = input;
    if (password === undefined) {
      throw new SecurityError('password_required', `User [${username}] needs a password.`, {
        username,
      });
    }
    const secret = await this.#hash(password);
    const profileUid = newProfileUid(this.#deps.randomness);
    const created = await this.#deps.store.create({
      username,
      profileUid,
      ...secret,
      sessionEpoch: this.#deps.randomness.uuid(),
      apiKeyEpoch: undefined,
      roles: input.roles,
      fullName: input.fullName,
      email: input.email,
      metadata: input.metadata,
      enabled: input.enabled,
    });
    this.#deps.directory.invalidate(username, profileUid);
    if (!created)
      throw new SecurityError('user_exists', `User [${username}] already exists.`, { username });
  }

  /**
   * Enables or disables a user. Disabling ends every session of the user.
   * @throws SecurityError `user_not_found`, `last_superuser`, `password_well_known`,
   *   `user_conflict`
   */
  async setEnabled(username: string, enabled: boolean): Promise<void> {
    await this.#change(username, (user) =>
      user.enabled === enabled
        ? undefined
        : { enabled, sessionEpoch: this.#deps.randomness.uuid() },
    );
  }

  /**
   * Sets a password. Ends every session of the user and, if requested, every API key. All is one
   * write, so a crash cannot leave a key valid together with the new password.
   * @throws SecurityError `user_not_found`, `password_well_known`, `user_conflict`, `login_busy`
   */
  async setPassword(
    username: string,
    password: string,
    options: { readonly endsApiKeys: boolean },
  ): Promise<SessionEpochs> {
    await this.get(username);
    const secret = await this.#hash(password);
    const sessionEpoch = this.#deps.randomness.uuid();
    let before = '';
    await this.#change(username, (user) => {
      before = user.sessionEpoch;
      return {
        ...secret,
        sessionEpoch,
        ...(options.endsApiKeys ? { apiKeyEpoch: this.#deps.randomness.uuid() } : {}),
      };
    });
    return { before, after: sessionEpoch };
  }

  /**
   * Ends every session of the user.
   * @param ifEpoch only if this is the user's session epoch, which the same write checks; a caller
   *   whose session another request has ended has an older epoch. `undefined`: in any case
   * @returns the new epoch; `undefined`: the user has another epoch or is another account
   * @throws SecurityError `user_not_found`, `user_conflict`
   */
  async endSessions(
    { username, profileUid }: Pick<User, 'username' | 'profileUid'>,
    ifEpoch: string | undefined,
  ): Promise<string | undefined> {
    const sessionEpoch = this.#deps.randomness.uuid();
    let isEnded = false;
    await this.#change(username, (user) => {
      const isExpected = ifEpoch === undefined || user.sessionEpoch === ifEpoch;
      isEnded = user.profileUid === profileUid && isExpected;
      return isEnded ? { sessionEpoch } : undefined;
    });
    return isEnded ? sessionEpoch : undefined;
  }

  /**
   * Stores a hash of the same password with the current parameters. Sessions stay valid. If another
   * request has changed the user, nothing is written.
   */
  async replaceHash(user: VersionedUser, password: string): Promise<void> {
    const passwordHash = await this.#deps.hasher.hash(password);
    const vetting = checkDevelopmentPassword(password, passwordHash);
    await this.#deps.store.update(user, { passwordHash, vetting }, { visibleToSearch: false });
    this.#deps.directory.invalidate(user.username, user.profileUid);
  }

  /**
   * Deletes a user.
   * @throws SecurityError `user_not_found`, `last_superuser`, `user_conflict`
   */
  async remove(username: string): Promise<void> {
    let isPublished = false;
    await retryChange(username, async () => {
      const user = await this.get(username);
      if (isActiveSuperuser(user) && !(await this.#deps.guard.claimAnother(username)))
        return CONFLICT;
      if (!isPublished) await this.#publish('deactivating', user);
      isPublished = true;
      const removed = await this.#deps.store.remove(user);
      this.#deps.directory.invalidate(username, user.profileUid);
      if (!removed) return CONFLICT;
      await this.#publish('deleted', user);
      return undefined;
    });
  }

  /** Publishes a change for every user who has a role that was changed or removed. */
  async announceRoleChange(role: string): Promise<void> {
    const holders = (await this.#deps.store.list()).filter((user) => user.roles.includes(role));
    for (const holder of holders) await this.#publish('roles_changed', holder);
  }

  async #change(username: string, decide: (user: User) => UserChanges | undefined): Promise<void> {
    let isPublished = false;
    await retryChange(username, async () => {
      const before = await this.get(username);
      const changes = decide(before);
      if (changes === undefined) return undefined;
      this.#refuseToEnable(before, changes);
      const demotes = isActiveSuperuser(before) && !isActiveSuperuser(applied(before, changes));
      if (demotes && !(await this.#deps.guard.claimAnother(username))) return CONFLICT;
      const isDeactivating = before.enabled && !applied(before, changes).enabled;
      if (isDeactivating && !isPublished) await this.#publish('deactivating', before);
      isPublished ||= isDeactivating;
      const after = await this.#deps.store.update(before, changes);
      this.#deps.directory.invalidate(username, before.profileUid);
      if (after === undefined) return CONFLICT;
      if (before.enabled && !after.enabled) await this.#publish('disabled', after);
      if (!sameRoles(before, after)) await this.#publish('roles_changed', after);
      return undefined;
    });
  }

  /**
   * Refuses to enable an account with a development password, which would prevent the next start in
   * production.
   */
  #refuseToEnable(before: User, changes: UserChanges): void {
    const isEnabled = !before.enabled && changes.enabled === true;
    if (!isEnabled || !this.#deps.refusesDevelopmentPasswords) return;
    const { passwordHash = before.passwordHash, vetting = before.vetting } = changes;
    if (!isKnownToHaveDevelopmentPassword({ passwordHash, vetting })) return;
    const message = `User [${before.username}] has a password that is published in the documentation. Set another one before you enable the user.`;
    throw new SecurityError('password_well_known', message);
  }

  async #publish(type: UserChange['type'], { username, profileUid }: User): Promise<void> {
    await this.#deps.changes.publish({ type, username, profileUid });
  }

  /**
   * Checks and hashes a new password.
   * @throws SecurityError `password_well_known`, `login_busy`
   */
  async #hash(password: string): Promise<Pick<User, 'passwordHash' | 'vetting'>> {
    // Without this check, any user could prevent the next start in production.
    if (this.#deps.refusesDevelopmentPasswords && isDevelopmentPassword(password)) {
      const message = 'This password is published in the documentation. Choose another one.';
      throw new SecurityError('password_well_known', message);
    }
    const passwordHash = await this.#deps.hasher.hash(password);
    return { passwordHash, vetting: checkDevelopmentPassword(password, passwordHash) };
  }
}

function applied(user: User, changes: UserChanges): Pick<User, 'enabled' | 'roles'> {
  return { enabled: changes.enabled ?? user.enabled, roles: changes.roles ?? user.roles };
}

function sameRoles(a: User, b: User): boolean {
  const sorted = (user: User) => [...new Set(user.roles)].sort().join('\n');
  return sorted(a) === sorted(b);
}

/**
 * Repeats a change when other requests change the user at the same time.
 * @throws SecurityError `user_conflict` when every attempt had a conflict
 */
async function retryChange(
  username: string,
  attempt: () => Promise<undefined | typeof CONFLICT>,
): Promise<void> {
  const contended = () => {
    throw conflict(username);
  };
  await retryConflicts(attempt, { attempts: MAX_ATTEMPTS, contended });
}

function stale(username: string): SecurityError {
  return new SecurityError(
    'stale_version',
    `User [${username}] was changed after the version that the request names.`,
    { username },
  );
}

function conflict(username: string): SecurityError {
  return new SecurityError(
    'user_conflict',
    `User [${username}] is being changed by another request. Try again.`,
    { username },
  );
}
