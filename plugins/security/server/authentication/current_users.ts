import type { AuthenticatedUser } from '@latchkey/core/server';
import { type DeferredUsers, deferredIdentityOf } from './deferred_users.ts';

/** Authenticates again with the credentials of a request. `undefined`: they are not valid. */
type AuthenticateAgain = () => Promise<AuthenticatedUser | undefined>;

/**
 * Current state of users of requests, for work that has waited: a user may have lost rights, and a
 * session, a password or an API key may have ended meanwhile. Credentials are kept as long as the
 * user object of the request.
 */
export class CurrentUsers {
  readonly #deferred: Pick<DeferredUsers, 'get'>;
  readonly #credentials = new WeakMap<AuthenticatedUser, AuthenticateAgain>();

  constructor(deferred: Pick<DeferredUsers, 'get'>) {
    this.#deferred = deferred;
  }

  /** Call it for each user that a request was authenticated as. */
  remember(user: AuthenticatedUser, authenticateAgain: AuthenticateAgain): void {
    this.#credentials.set(user, authenticateAgain);
  }

  /**
   * Returns the user as of now. The contract is `SecurityStart.getCurrentUser`. A copy of a user
   * object has no credentials.
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
