import type { Logger } from '@latchkey/core/server';
import {
  type LoginThrottle,
  networkOf,
  type PasswordHasher,
  presentedPassword,
  type VerifiedPasswords,
} from '../passwords/index.ts';
import { SecurityError } from '../security_error.ts';
import {
  isUsername,
  type UserDirectory,
  type UserService,
  type UserStore,
  type VersionedUser,
} from '../users/index.ts';

/** Name and password as somebody presents them, and from where. */
export interface PasswordCredentials {
  readonly username: string;
  readonly password: string;
  readonly remoteAddress: string;
}

export interface PasswordAuthenticatorDeps {
  readonly store: Pick<UserStore, 'get'>;
  readonly directory: Pick<UserDirectory, 'findActive'>;
  readonly users: Pick<UserService, 'replaceHash'>;
  readonly hasher: Pick<PasswordHasher, 'verify'>;
  readonly verified: VerifiedPasswords;
  readonly throttle: LoginThrottle;
  readonly logger: Pick<Logger, 'debug'>;
}

/**
 * Checks names and passwords: first whether this pair of name and address failed too often, then the memory of pairs that
 * were right a moment ago, then the slow hash. The order matters: were the memory asked first, it would answer guesses
 * that the throttle refuses.
 */
export class PasswordAuthenticator {
  readonly #deps: PasswordAuthenticatorDeps;
  /** Checks under way; parallel requests with the same credentials share one. */
  readonly #underWay = new Map<string, Promise<VersionedUser>>();

  constructor(deps: PasswordAuthenticatorDeps) {
    this.#deps = deps;
  }

  /** @throws SecurityError `login_failed` whatever is wrong with the pair, `login_throttled`, `login_busy` */
  async authenticate(credentials: PasswordCredentials): Promise<VersionedUser> {
    const { username, password, remoteAddress } = credentials;
    // What cannot be anybody's is not worth a hash; saying so early tells nothing about those who exist.
    if (!isUsername(username) || !presentedPassword.safeParse(password).success) {
      throw loginFailed();
    }
    this.#deps.throttle.check(username, remoteAddress);
    const fingerprint = this.#deps.verified.fingerprint(username, password);
    const known = await this.#deps.directory.findActive(username);
    if (known !== undefined && this.#deps.verified.has(fingerprint, known.passwordHash)) {
      return known;
    }
    return this.#verifyOnce(credentials, fingerprint);
  }

  /**
   * The name when it belongs to somebody, for the audit log. Other input is left out there: people type passwords
   * into the wrong field.
   */
  async nameForAudit(username: string): Promise<string | undefined> {
    return isUsername(username) ? (await this.#deps.store.get(username))?.username : undefined;
  }

  #verifyOnce(credentials: PasswordCredentials, fingerprint: string): Promise<VersionedUser> {
    const key = `${fingerprint}${credentials.remoteAddress}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const check = this.#verify(credentials, fingerprint).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, check);
    return check;
  }

  async #verify(
    { username, password, remoteAddress }: PasswordCredentials,
    fingerprint: string,
  ): Promise<VersionedUser> {
    const attempt = this.#deps.throttle.begin(username, remoteAddress);
    try {
      const user = await this.#deps.store.get(username);
      const usable = user?.enabled ? user : undefined;
      const { ok, outdated } = await this.#deps.hasher.verify(
        password,
        usable?.passwordHash,
        networkOf(remoteAddress),
      );
      if (usable === undefined || !ok) throw loginFailed();
      attempt.succeeded();
      this.#deps.verified.remember(fingerprint, usable.passwordHash);
      if (outdated) await this.#rehash(usable, password);
      return usable;
    } catch (error) {
      if (isLoginFailure(error)) attempt.failed();
      else attempt.abandoned();
      throw error;
    }
  }

  async #rehash(user: VersionedUser, password: string): Promise<void> {
    try {
      await this.#deps.users.replaceHash(user, password);
    } catch (error) {
      // The person is who they say either way; the next login tries again.
      this.#deps.logger.debug('Could not renew the hash of a password.', { error });
    }
  }
}

/** Whether name and password did not match, as opposed to a check that could not be made. */
export function isLoginFailure(error: unknown): boolean {
  return error instanceof SecurityError && error.code === 'login_failed';
}

function loginFailed(): SecurityError {
  // One text for unknown names, wrong passwords and disabled people: the difference is nobody's business.
  return new SecurityError('login_failed', 'Invalid username or password.');
}
