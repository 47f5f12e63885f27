/** An entry of a {@link FairQueue}. */
interface Queued {
  readonly id: string;
}

/**
 * A queue that serves the users in turn, and the entries of one user in their order. So a user who
 * starts very many runs does not delay those of others.
 */
export class FairQueue<T extends Queued> {
  /** The next user comes first. */
  readonly #byUser = new Map<string, Map<string, T>>();
  readonly #users = new Map<string, string>();
  readonly #userOf: (entry: T) => string;

  /** @param userOf the user, or another owner of entries that has turns */
  constructor(userOf: (entry: T) => string) {
    this.#userOf = userOf;
  }

  /** Adds an entry at the end of those of its user. Replaces one with the same id. */
  push(entry: T): void {
    this.remove(entry.id);
    const { id } = entry;
    const user = this.#userOf(entry);
    const entries = this.#byUser.get(user) ?? new Map<string, T>();
    entries.set(id, entry);
    this.#byUser.set(user, entries);
    this.#users.set(id, user);
  }

  /** Adds an entry before those of its user. Replaces one with the same id. */
  pushFirst(entry: T): void {
    this.remove(entry.id);
    const user = this.#userOf(entry);
    const later = [...(this.#byUser.get(user)?.values() ?? [])];
    for (const each of [entry, ...later]) this.push(each);
  }

  /**
   * Removes the first entry of the next preferred user, or of the next one if none is preferred.
   * Leaves out users whose first entry is not possible. Undefined: there is none.
   */
  take(
    isPreferred: (user: string) => boolean = () => true,
    isPossible: (entry: T) => boolean = () => true,
  ): T | undefined {
    const firsts = [...this.#byUser].flatMap(([user, entries]) => {
      // Reads one entry: there may be very many.
      const [entry] = entries.values();
      return entry !== undefined && isPossible(entry) ? [{ user, entries, entry }] : [];
    });
    const next = firsts.find(({ user }) => isPreferred(user)) ?? firsts[0];
    if (next === undefined) return undefined;
    const { user, entries, entry } = next;
    this.remove(entry.id);
    if (entries.size > 0) {
      // To the end of the users.
      this.#byUser.delete(user);
      this.#byUser.set(user, entries);
    }
    return entry;
  }

  has(id: string): boolean {
    return this.#users.has(id);
  }

  /** Tells if entries of a user wait. */
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
