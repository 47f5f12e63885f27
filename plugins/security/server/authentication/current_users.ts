import type { AuthenticatedUser } from '@latchkey/core/server';
import { type DeferredUsers, deferredIdentityOf } from './deferred_users.ts';

/** Authenticates with the credentials of a request again. `undefined`: they are no longer valid. */
type AuthenticateAgain = () => Promise<AuthenticatedUser | undefined>;

/**
 * Current state of the users of requests, for work that has waited. Meanwhile, a user may have lost
 * privileges, and a session, password or API key may have ended. Credentials are kept as long as
 * the user object of the request exists.
 */
export class CurrentUsers {
  readonly #deferred: Pick<DeferredUsers, 'get'>;
  readonly #credentials = new WeakMap<AuthenticatedUser, AuthenticateAgain>();

  constructor(deferred: Pick<DeferredUsers, 'get'>) {
    this.#deferred = deferred;
  }

  /** Records the credentials of a user. Call it for each request that was authenticated. */
  remember(user: AuthenticatedUser, authenticateAgain: AuthenticateAgain): void {
    this.#credentials.set(user, authenticateAgain);
  }

  /**
   * Authenticates the user again and returns the result. See `SecurityStart.getCurrentUser`. Only
   * the object that the authentication returned has credentials, a copy of it has none.
   */
  async get(user: AuthenticatedUser): Promise<AuthenticatedUser | undefined> {
    if (user.authenticationType === 'deferred')
      return this.#deferred.get(deferredIdentityOf({ user }));
    const authenticateAgain = this.#credentials.get(user);
    const current = await authenticateAgain?.();
    if (authenticateAgain === undefined || current?.profileUid !== user.profileUid)
      return undefined;
    this.#credentials.set(current, authenticateAgain);
    return current;
  }
}
