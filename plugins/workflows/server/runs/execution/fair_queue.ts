/** An entry of a {@link FairQueue}. */
interface Queued {
  readonly id: string;
}

/**
 * A queue that serves users in turn, and the entries of one user in their order. A user who starts
 * very many runs therefore does not delay the runs of others.
 */
export class FairQueue<T extends Queued> {
  /** Entries by user. The map is ordered: the first user has the next turn. */
  readonly #byUser = new Map<string, Map<string, T>>();
  readonly #users = new Map<string, string>();
  readonly #userOf: (entry: T) => string;

  /** @param userOf returns the user, or another owner, who gets turns for an entry */
  constructor(userOf: (entry: T) => string) {
    this.#userOf = userOf;
  }

  /** Adds an entry after the other entries of its user. Replaces an entry with the same id. */
  push(entry: T): void {
    this.remove(entry.id);
    const { id } = entry;
    const user = this.#userOf(entry);
    const entries = this.#byUser.get(user) ?? new Map<string, T>();
    entries.set(id, entry);
    this.#byUser.set(user, entries);
    this.#users.set(id, user);
  }

  /** Adds an entry before the other entries of its user. Replaces an entry with the same id. */
  pushFirst(entry: T): void {
    this.remove(entry.id);
    const user = this.#userOf(entry);
    const later = [...(this.#byUser.get(user)?.values() ?? [])];
    for (const each of [entry, ...later]) this.push(each);
  }

  /**
   * Removes and returns the first entry of the next preferred user; if there is none, of the next
   * user. Users whose first entry is not possible are skipped. `undefined`: no entry can be taken.
   */
  take(
    isPreferred: (user: string) => boolean = () => true,
    isPossible: (entry: T) => boolean = () => true,
  ): T | undefined {
    const firsts = [...this.#byUser].flatMap(([user, entries]) => {
      // Reads only the first entry, because there may be very many.
      const [entry] = entries.values();
      return entry !== undefined && isPossible(entry) ? [{ user, entries, entry }] : [];
    });
    const next = firsts.find(({ user }) => isPreferred(user)) ?? firsts[0];
    if (next === undefined) return undefined;
    const { user, entries, entry } = next;
    this.remove(entry.id);
    if (entries.size > 0) {
      // Moves the user behind all other users.
      this.#byUser.delete(user);
      this.#byUser.set(user, entries);
    }
    return entry;
  }

  has(id: string): boolean {
    return this.#users.has(id);
  }

  /** Returns `true` if the queue has entries of a user. */
  hasUser(user: string): boolean {
    return this.#byUser.has(user);
  }

  remove(id: string): void {
    const user = this.#users.get(id);
    if (user === undefined) return;
    this.#users.delete(id);
    const entries = this.#byUser.get(user);
    entries?.delete(id);
    if (entries?.size === 0) this.#byUser.delete(user);
  }

  clear(): void {
    this.#byUser.clear();
    this.#users.clear();
  }
}
