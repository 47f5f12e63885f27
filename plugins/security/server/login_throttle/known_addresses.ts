import { type Clock, networkOf, ReadThroughCache } from '@latchkey/core/server';
import {
  filter,
  isSavedObjectError,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import type { ThrottleSecret } from './throttle_secret.ts';

/** Saved-object type of addresses from which users have signed in. The id is the username. */
export const KNOWN_ADDRESSES_TYPE = 'login_known_addresses';

/** Maximum number of addresses per user. The least recently used one is removed first. */
const MAX_ADDRESSES = 20;
const LIFETIME_MS = 30 * 24 * 60 * 60_000;
/**
 * Milliseconds after which an address in use is written again, because writing it at each login
 * would cost too much.
 */
const RENEW_AFTER_MS = 24 * 60 * 60_000;
const MAX_CACHED = 10_000;
const MAX_ATTEMPTS = 10;
const TAG_BYTES = 16;

const attributes = z.strictObject({
  addresses: z
    .array(z.strictObject({ tag: z.string(), usedAt: z.iso.datetime() }))
    .max(MAX_ADDRESSES),
  expiresAt: z.iso.datetime(),
});
type KnownAttributes = z.infer<typeof attributes>;

/**
 * Known addresses of users. Only successful logins write such a document, so there is at most one
 * per user.
 */
export const knownAddressesType: SavedObjectsType = {
  name: KNOWN_ADDRESSES_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { expiresAt: { type: 'date' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/** A user and the address of a login attempt. Earlier logins are recorded for this pair. */
export interface AddressOfUser {
  readonly username: string;
  /** Stored password hash of the user. `undefined`: no active user has this name. */
  readonly passwordHash: string | undefined;
  readonly address: string;
}

/** Collaborators and settings of {@link KnownAddresses}. */
export interface KnownAddressesDeps {
  /** Returns the repository, which exists only once the plugin starts. */
  readonly repository: () => SavedObjectsRepository;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly secret: Pick<ThrottleSecret, 'mac'>;
  /** Maximum milliseconds until an address that another process stored is seen. */
  readonly cacheMs: number;
}

/**
 * Addresses from which users have signed in during the last 30 days. They are stored as HMACs that
 * include the password hash: addresses cannot be read from the store, and a new password makes them
 * invalid.
 */
export class KnownAddresses {
  readonly #deps: KnownAddressesDeps;
  readonly #recent: ReadThroughCache<KnownAttributes['addresses']>;

  constructor(deps: KnownAddressesDeps) {
    this.#deps = deps;
    this.#recent = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: async (username) => {
        const row = await deps
          .repository()
          .getIfExists<KnownAttributes>(KNOWN_ADDRESSES_TYPE, username);
        return row?.attributes.addresses ?? [];
      },
    });
  }

  async has(source: AddressOfUser): Promise<boolean> {
    // Addresses of unknown names are read as well, so that the response time does not reveal which
    // names exist.
    const known = await this.#recent.get(source.username);
    const tag = this.#tagOf(source);
    return known.some((one) => one.tag === tag && !this.#isOlder(one.usedAt, LIFETIME_MS));
  }

  /**
   * Stores the address of a successful login.
   * @throws SavedObjectError when it could not be stored
   */
  async remember(source: AddressOfUser): Promise<void> {
    const tag = this.#tagOf(source);
    const known = await this.#recent.get(source.username);
    const isFresh = known.some(
      (one) => one.tag === tag && !this.#isOlder(one.usedAt, RENEW_AFTER_MS),
    );
    if (isFresh) return;
    try {
      await this.#write(source.username, tag);
    } finally {
      this.#recent.invalidate(source.username);
    }
  }

  /** Deletes documents in which all addresses have expired. Resolves to their number. */
  deleteExpired(): Promise<number> {
    return this.#deps.repository().deleteMatching({
      type: KNOWN_ADDRESSES_TYPE,
      filter: filter.before('expiresAt', new Date(this.#deps.clock.now())),
    });
  }

  /**
   * Writes an address. After repeated conflicts nothing is written; the next login stores the
   * address.
   */
  async #write(username: string, tag: string): Promise<void> {
    const now = this.#deps.clock.now();
    const writing = this.#deps.repository().mutate<KnownAttributes>(
      KNOWN_ADDRESSES_TYPE,
      username,
      (row) => {
        const others = (row?.attributes.addresses ?? [])
          .filter((one) => one.tag !== tag && !this.#isOlder(one.usedAt, LIFETIME_MS))
          .sort((a, b) => (a.usedAt < b.usedAt ? 1 : -1));
        return {
          addresses: [
            { tag, usedAt: new Date(now).toISOString() },
            ...others.slice(0, MAX_ADDRESSES - 1),
          ],
          expiresAt: new Date(now + LIFETIME_MS).toISOString(),
        };
      },
      { attempts: MAX_ATTEMPTS },
    );
    await writing.catch((error: unknown) => {
      if (!isSavedObjectError(error, 'contended')) throw error;
    });
  }

  #tagOf({ username, passwordHash = '', address }: AddressOfUser): string {
    return this.#deps.secret
      .mac('address', passwordHash, networkOf(address), username)
      .subarray(0, TAG_BYTES)
      .toString('base64url');
  }

  #isOlder(instant: string, ms: number): boolean {
    return this.#deps.clock.now() - new Date(instant).getTime() >= ms;
  }
}
