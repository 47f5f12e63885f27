import type { Clock } from '@latchkey/core/server';
import { SUPERUSER } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import type { User } from './user.ts';
import type { UserStore } from './user_store.ts';

/** `true` if the user has the role `superuser` and is enabled. */
export function isActiveSuperuser(user: Pick<User, 'enabled' | 'roles'>): boolean {
  return user.enabled && user.roles.includes(SUPERUSER);
}

/**
 * Ensures that at least one superuser remains, even when two administrators remove each other at
 * the same time in two processes.
 * A process that removes superuser A because superuser B remains first writes to B by
 * compare-and-set. Then it writes to A, against the version that it read before. If another process
 * removes B because A remains, one of the two processes gets a conflict and starts again. It then
 * finds no other superuser. A crash between the two writes leaves only an unneeded write to B.
 */
export class SuperuserGuard {
  readonly #store: Pick<UserStore, 'list' | 'get' | 'update'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(deps: {
    readonly store: Pick<UserStore, 'list' | 'get' | 'update'>;
    readonly clock: Pick<Clock, 'now'>;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /**
   * Writes to a superuser other than `username`. The caller must have read the user to remove
   * before, and must afterwards write against the version that it read. Resolves to `false` when
   * the other superusers have changed meanwhile; then the caller starts again.
   * @throws SecurityError `last_superuser` when there is no other superuser
   */
  async claimAnother(username: string): Promise<boolean> {
    let contended = false;
    for (const listed of await this.#store.list()) {
      if (listed.username === username || !isActiveSuperuser(listed)) continue;
      const candidate = await this.#store.get(listed.username);
      if (candidate === undefined || !isActiveSuperuser(candidate)) continue;
      const guardedAt = new Date(this.#clock.now()).toISOString();
      const claimed = await this.#store.update(
        candidate,
        { guardedAt },
        { visibleToSearch: false },
      );
      if (claimed !== undefined) return true;
      contended = true;
    }
    if (contended) return false;
    throw new SecurityError(
      'last_superuser',
      `User [${username}] is the last enabled superuser. Make another user a superuser first.`,
      { username },
    );
  }
}
