import type { Clock } from '@latchkey/core/server';
import { SUPERUSER } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import type { User } from './user.ts';
import type { UserStore } from './user_store.ts';

/** Whether the person can administer: holds the role and can sign in. */
export function isActiveSuperuser(user: Pick<User, 'enabled' | 'roles'>): boolean {
  return user.enabled && user.roles.includes(SUPERUSER);
}

/**
 * Makes sure that somebody who can administer is left, even when two administrators remove each other at the same time in
 * two processes.
 *
 * Whoever removes superuser A on the strength of superuser B first writes to B by compare-and-set, and afterwards writes to A
 * against the version read before. If B's removal counts on A in the same way, one of the two finds its own document touched
 * and starts again, and then sees that nobody else is left. A crash in between leaves only a touched document.
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
   * Claims a superuser other than `username`. The caller must have read the person to remove before, and must write against that version.
   * Resolves to `false` when candidates changed meanwhile: start again.
   * @throws SecurityError `last_superuser` when there is nobody else
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
      `User [${username}] is the last enabled superuser. Make somebody else a superuser first.`,
      { username },
    );
  }
}
