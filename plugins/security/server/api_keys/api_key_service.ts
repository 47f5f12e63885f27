import { hash, timingSafeEqual } from 'node:crypto';
import {
  type AuthenticatedUser,
  type Clock,
  durationMs,
  type Randomness,
  ReadThroughCache,
} from '@latchkey/core/server';
import { SecurityError } from '../security_error.ts';
import { toAuthenticatedUser, type UserDirectory } from '../users/index.ts';
import type { ApiKey, ApiKeyStore } from './api_key_store.ts';

const MAX_CACHED = 5000;
const ID_BYTES = 15;
const SECRET_BYTES = 32;
const CREDENTIAL = /^([A-Za-z0-9_-]{20}):([A-Za-z0-9_-]{43})$/;
const LIFETIME = durationMs({ min: '1ms' });
const BASE64 = /^[A-Za-z0-9+/_-]{1,256}={0,2}$/;

/** A key just made: the only time its secret is seen. */
export interface CreatedApiKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  /** What goes after `Authorization: ApiKey `. */
  readonly encoded: string;
  readonly expiresAt: Date | undefined;
}

/** What became of each key that somebody asked to invalidate. */
export interface InvalidationResult {
  readonly invalidated: readonly { readonly id: string; readonly name: string }[];
  /** Ids that do not exist, or belong to somebody else: the two look the same. */
  readonly notFound: readonly string[];
}

export interface ApiKeyServiceDeps {
  readonly store: ApiKeyStore;
  readonly directory: Pick<UserDirectory, 'findActive'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
  /** How late an invalidation in another process may be seen, in milliseconds. */
  readonly cacheMs: number;
}

/** Keys for programs. A key has the roles its owner has now, and ends with its owner. */
export class ApiKeyService {
  readonly #deps: ApiKeyServiceDeps;
  readonly #cache: ReadThroughCache<ApiKey | undefined>;

  constructor(deps: ApiKeyServiceDeps) {
    this.#deps = deps;
    this.#cache = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: (id) => deps.store.get(id),
    });
  }

  /**
   * @param request.expiration for example `30d`; `undefined`: never
   * @throws SecurityError `api_key_needs_login` when a key asks for a key: it would outlive the one that was taken away;
   *   `api_key_expiration_invalid`
   */
  async create(
    owner: AuthenticatedUser,
    request: {
      readonly name: string;
      readonly expiration: string | undefined;
      readonly metadata: ApiKey['metadata'];
    },
  ): Promise<CreatedApiKey> {
    if (owner.authenticationType === 'api_key') {
      throw new SecurityError(
        'api_key_needs_login',
        'An API key cannot create API keys. Sign in with a password.',
      );
    }
    const expiresAt = this.#expiry(request.expiration);
    const id = this.#deps.randomness.bytes(ID_BYTES).toString('base64url');
    const secret = this.#deps.randomness.bytes(SECRET_BYTES).toString('base64url');
    await this.#deps.store.create({
      id,
      name: request.name,
      secretHash: hashOf(secret).toString('base64url'),
      username: owner.username,
      profileUid: owner.profileUid,
      expiresAt,
      metadata: request.metadata,
    });
    const encoded = Buffer.from(`${id}:${secret}`).toString('base64');
    return { id, name: request.name, secret, encoded, expiresAt };
  }

  /** Whose key it is; `undefined` when it is unknown, wrong or expired, or its owner is gone or disabled. */
  async authenticate(encoded: string): Promise<AuthenticatedUser | undefined> {
    if (!BASE64.test(encoded)) return undefined;
    const [, id, secret] = CREDENTIAL.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const key = await this.#cache.get(id);
    if (key === undefined || !matches(secret, key.secretHash)) return undefined;
    if (key.expiresAt !== undefined && this.#deps.clock.now() >= key.expiresAt.getTime()) {
      return undefined;
    }
    const owner = await this.#deps.directory.findActive(key.username);
    if (owner?.profileUid !== key.profileUid) return undefined;
    return toAuthenticatedUser(owner, 'api_key', key.id);
  }

  /** @param profileUid whose; `undefined`: everybody's */
  list(profileUid: string | undefined): Promise<readonly ApiKey[]> {
    return this.#deps.store.list(profileUid);
  }

  /** @param profileUid only this owner's keys; `undefined`: anybody's */
  async invalidate(
    ids: readonly string[],
    profileUid: string | undefined,
  ): Promise<InvalidationResult> {
    const invalidated: { id: string; name: string }[] = [];
    const notFound: string[] = [];
    for (const id of ids) {
      const key = await this.#deps.store.get(id);
      const mayRemove =
        key !== undefined && (profileUid === undefined || key.profileUid === profileUid);
      if (mayRemove && (await this.#remove(id))) invalidated.push({ id, name: key.name });
      else notFound.push(id);
    }
    return { invalidated, notFound };
  }

  /** Removes what a deleted person leaves behind. Their keys ended with them; this only tidies up. */
  async forgetAllOf(profileUid: string): Promise<void> {
    for (const { id } of await this.#deps.store.list(profileUid)) await this.#remove(id);
  }

  async #remove(id: string): Promise<boolean> {
    const removed = await this.#deps.store.remove(id);
    this.#cache.invalidate(id);
    return removed;
  }

  #expiry(expiration: string | undefined): Date | undefined {
    if (expiration === undefined) return undefined;
    // The settings take a number without a unit for milliseconds; as a lifetime nobody means those.
    const lifetimeMs = /[a-z]$/.test(expiration) ? LIFETIME.safeParse(expiration).data : undefined;
    const at = new Date(this.#deps.clock.now() + (lifetimeMs ?? Number.NaN));
    if (Number.isNaN(at.getTime())) {
      throw new SecurityError(
        'api_key_expiration_invalid',
        'The expiration must be a duration greater than zero, for example 12h or 30d.',
      );
    }
    return at;
  }
}

function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

function matches(secret: string, secretHash: string): boolean {
  const expected = Buffer.from(secretHash, 'base64url');
  const actual = hashOf(secret);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
