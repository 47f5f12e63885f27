import { type Logger, networkOf } from '@latchkey/core/server';
import { isUsername, presentedPassword } from '../../common/index.ts';
import type { DeviceCookies, LoginSource, LoginThrottle } from '../login_throttle/index.ts';
import type { PasswordHasher, VerifiedPasswords } from '../passwords/index.ts';
import { SecurityError } from '../security_error.ts';
import type { UserDirectory, UserService, UserStore, VersionedUser } from '../users/index.ts';

/** Name and password of a request, and its source. */
export interface PasswordCredentials {
  readonly username: string;
  readonly password: string;
  readonly remoteAddress: string;
  /** Value of the device cookie, if the browser sent one. */
  readonly deviceCookie: string | undefined;
}

/** Collaborators and settings of {@link PasswordAuthenticator}. */
export interface PasswordAuthenticatorDeps {
  readonly store: Pick<UserStore, 'get'>;
  readonly directory: Pick<UserDirectory, 'findActive'>;
  readonly users: Pick<UserService, 'replaceHash'>;
  readonly hasher: Pick<PasswordHasher, 'verify'>;
  readonly verified: VerifiedPasswords;
  readonly throttle: Pick<LoginThrottle, 'admits' | 'begin'>;
  readonly devices: Pick<DeviceCookies, 'deviceIdOf'>;
  readonly logger: Pick<Logger, 'debug'>;
}

/**
 * Checks usernames and passwords: first in the cache of recently verified pairs, then by the slow
 * hash. The throttle of failed logins limits both. A cached pair that the throttle refuses is
 * treated like any other guess, so that the cache does not reveal that the password is correct.
 */
export class PasswordAuthenticator {
  readonly #deps: PasswordAuthenticatorDeps;
  /** Checks in progress. Parallel requests with the same credentials share one check. */
  readonly #runningChecks = new Map<string, Promise<VersionedUser>>();

  constructor(deps: PasswordAuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * Checks a name and a password.
   * @throws SecurityError `login_failed` for any wrong pair, `login_throttled`, `login_busy`
   */
  async authenticate(credentials: PasswordCredentials): Promise<VersionedUser> {
    const { username, password } = credentials;
    // No user can have this name or password, so no hash is computed. That this refusal is faster
    // reveals nothing about existing users.
    if (!isUsername(username) || !presentedPassword.safeParse(password).success) {
      throw loginFailed();
    }
    const known = await this.#deps.directory.findActive(username);
    const source = this.#sourceOf(credentials, known);
    const fingerprint = this.#deps.verified.fingerprint(username, password);
    if (
      known !== undefined &&
      this.#deps.verified.has(fingerprint, known.passwordHash) &&
      (await this.#deps.throttle.admits(source))
    ) {
      return known;
    }
    return this.#verifyOnce(credentials, source, fingerprint);
  }

  /**
   * Present state of a user whom {@link authenticate} has returned. `undefined`: the user was
   * deleted or disabled, or has another password.
   */
  async authenticateAgain(earlier: VersionedUser): Promise<VersionedUser | undefined> {
    const current = await this.#deps.directory.findActive(earlier.username);
    return current && hasSamePassword(current, earlier) ? current : undefined;
  }

  /**
   * Returns the name if a user has it, for the audit log. Other names are not logged, because users
   * sometimes type a password into the name field.
   */
  async nameForAudit(username: string): Promise<string | undefined> {
    return isUsername(username) ? (await this.#deps.store.get(username))?.username : undefined;
  }

  #sourceOf(
    { username, remoteAddress, deviceCookie }: PasswordCredentials,
    known: VersionedUser | undefined,
  ): LoginSource {
    const deviceId =
      known === undefined ? undefined : this.#deps.devices.deviceIdOf(deviceCookie, known);
    return { username, passwordHash: known?.passwordHash, address: remoteAddress, deviceId };
  }

  #verifyOnce(
    { password }: PasswordCredentials,
    source: LoginSource,
    fingerprint: string,
  ): Promise<VersionedUser> {
    const key = `${fingerprint}${source.address} ${source.deviceId ?? ''}`;
    const underWay = this.#runningChecks.get(key);
    if (underWay !== undefined) return underWay;
    const check = this.#verify(password, source, fingerprint).finally(() =>
      this.#runningChecks.delete(key),
    );
    this.#runningChecks.set(key, check);
    return check;
  }

  async #verify(
    password: string,
    source: LoginSource,
    fingerprint: string,
  ): Promise<VersionedUser> {
    const attempt = await this.#deps.throttle.begin(source);
    let user: VersionedUser;
    try {
      user = await this.#match(password, source);
    } catch (error) {
      if (isLoginFailure(error)) await attempt.failed();
      else attempt.abandoned();
      throw error;
    }
    await attempt.succeeded();
    this.#deps.verified.remember(fingerprint, user.passwordHash);
    return user;
  }

  /**
   * Compares the password with the stored hash.
   * @throws SecurityError `login_failed`, `login_busy`
   */
  async #match(password: string, { username, address }: LoginSource): Promise<VersionedUser> {
    const stored = await this.#deps.store.get(username);
    const user = stored?.enabled ? stored : undefined;
    const { ok, outdated } = await this.#deps.hasher.verify(
      password,
      user?.passwordHash,
      networkOf(address),
    );
    // Read again, because the hash may have waited for a long time in a queue that others can fill
    // (F148).
    const current = user && ok ? await this.#deps.store.get(username) : undefined;
    if (user === undefined || !current?.enabled || !hasSamePassword(current, user))
      throw loginFailed();
    if (outdated) await this.#rehash(current, password);
    return current;
  }

  async #rehash(user: VersionedUser, password: string): Promise<void> {
    try {
      await this.#deps.users.replaceHash(user, password);
    } catch (error) {
      // The user is authenticated, so this failure is only logged. The next login tries again.
      this.#deps.logger.debug('Could not renew the hash of a password', { error });
    }
  }
}

/** `true` if name and password did not match. `false` if they could not be checked. */
export function isLoginFailure(error: unknown): boolean {
  return error instanceof SecurityError && error.code === 'login_failed';
}

function loginFailed(): SecurityError {
  // The same text for unknown names, wrong passwords and disabled users, so that the caller cannot
  // learn which of them applies.
  return new SecurityError('login_failed', 'Invalid username or password.');
}

/**
 * Returns `true` if the password has not changed since an earlier read of the account. A new
 * password changes both the hash and the epoch. A renewed hash changes only the hash; the end of
 * all sessions changes only the epoch.
 */
function hasSamePassword(current: VersionedUser, earlier: VersionedUser): boolean {
  return (
    current.profileUid === earlier.profileUid &&
    (current.passwordHash === earlier.passwordHash || current.sessionEpoch === earlier.sessionEpoch)
  );
}
