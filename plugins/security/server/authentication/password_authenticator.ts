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
 * Checks user names and passwords: first the cache of recently verified pairs, then the slow hash,
 * both behind the throttle of failed logins. A cached pair that the throttle refuses is treated
 * like any other guess, so that the cache does not confirm it.
 */
export class PasswordAuthenticator {
  readonly #deps: PasswordAuthenticatorDeps;
  /** Running checks. Parallel requests with the same credentials share one. */
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
    // No user can have such a name or password, so no hash is computed. The faster refusal reveals
    // nothing about existing users.
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
   * The user of an earlier {@link authenticate} as of now. `undefined`: the user was deleted or
   * disabled, or has another password.
   */
  async authenticateAgain(earlier: VersionedUser): Promise<VersionedUser | undefined> {
    const current = await this.#deps.directory.findActive(earlier.username);
    return current && hasSamePassword(current, earlier) ? current : undefined;
  }

  /**
   * The name if a user has it, for the audit log. Other input is omitted there, because users
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

  /** @throws SecurityError `login_failed`, `login_busy` */
  async #match(password: string, { username, address }: LoginSource): Promise<VersionedUser> {
    const stored = await this.#deps.store.get(username);
    const user = stored?.enabled ? stored : undefined;
    const { ok, outdated } = await this.#deps.hasher.verify(
      password,
      user?.passwordHash,
      networkOf(address),
    );
    // The hash may have waited for a long time, in a queue that others can fill (F148).
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
      // The user is authenticated either way; the next login tries again.
      this.#deps.logger.debug('Could not renew the hash of a password', { error });
    }
  }
}

/** `true` if name and password did not match; `false` if they could not be checked. */
export function isLoginFailure(error: unknown): boolean {
  return error instanceof SecurityError && error.code === 'login_failed';
}

function loginFailed(): SecurityError {
  // One text for unknown names, wrong passwords and disabled users: the caller must not learn
  // which.
  return new SecurityError('login_failed', 'Invalid username or password.');
}

/**
 * Tells if the password of an account is the same as earlier. A new password changes hash and
 * epoch; a renewed hash changes only the first, the end of all sessions only the second.
 */
function hasSamePassword(current: VersionedUser, earlier: VersionedUser): boolean {
  return (
    current.profileUid === earlier.profileUid &&
    (current.passwordHash === earlier.passwordHash || current.sessionEpoch === earlier.sessionEpoch)
  );
}
