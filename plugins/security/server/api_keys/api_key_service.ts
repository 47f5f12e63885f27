import {
  type AuthenticatedUser,
  type Clock,
  type Principal,
  type Randomness,
  ReadThroughCache,
} from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import type { RoleDescriptors } from '../../common/index.ts';
import {
  closedSince,
  type Grant,
  type GrantHolder,
  type NamedSpaces,
  openNamedSpaces,
  spaceBeingDeleted,
} from '../privileges/index.ts';
import { SecurityError } from '../security_error.ts';
import type { ReadSpaceDeletion } from '../types.ts';
import { toAuthenticatedUser, type UserDirectory, type VersionedUser } from '../users/index.ts';
import { createCredential, isSecretOf, parseCredential } from './key_credential.ts';
import { KeyExpiry, type KeyExpirySettings } from './key_expiry.ts';
import { grantsOf } from './key_grants.ts';
import { descriptorsWithoutSpace } from './keys_of_space.ts';
import { type Cursor, type KeySearch, type KeySearchResult, searchKeys } from './search/index.ts';
import type { ApiKey } from './store/api_key.ts';
import type { ApiKeyStore, KeyReach, RestrictedKey } from './store/api_key_store.ts';

const MAX_CACHED = 5000;
/**
 * Number of write conflicts after which a key is removed whose restriction names a closed space.
 */
const MAX_ATTEMPTS = 10;
const NO_DELETION = { isBeingDeleted: false, lastDeletion: undefined } as const;
/** Expired keys stay listed for this time, so that users can find out why a program stopped. */
const KEEP_EXPIRED_MS = 7 * 24 * 60 * 60_000;

/** A new key. Only this result contains its secret. */
export interface CreatedApiKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  /** Value of the header `Authorization`, after `ApiKey `. */
  readonly encoded: string;
  /** `undefined`: the key does not expire. */
  readonly expiresAt: Date | undefined;
}

/** Properties of a key that a client may choose. */
export interface ApiKeyRequest {
  /**
   * Lifetime of the key from now, for example `30d`. `undefined`: the default, or unchanged in an
   * update.
   */
  readonly expiration: string | undefined;
  /** `undefined`: none, or unchanged in an update. */
  readonly metadata: ApiKey['metadata'] | undefined;
  /**
   * Restriction of the key. `undefined`: all privileges of its owner, or unchanged in an update.
   */
  readonly roleDescriptors: ApiKey['roleDescriptors'] | undefined;
}

/** An API key that a search found, with its cursor. */
export interface FoundKey {
  readonly key: ApiKey;
  readonly cursor: Cursor;
}

/** Result for each key that should be invalidated. */
export interface InvalidationResult {
  readonly invalidated: readonly { readonly id: string; readonly name: string }[];
  /** Ids that do not exist or belong to another user. Both look the same to the caller. */
  readonly notFound: readonly string[];
}

/** Dependencies and limits of {@link ApiKeyService}. */
export interface ApiKeyServiceDeps extends KeyExpirySettings {
  readonly store: ApiKeyStore;
  readonly directory: Pick<UserDirectory, 'findActive'>;
  /** Returns `true` if a user has any privilege in a space. */
  readonly hasAnyPrivilege: (principal: Principal) => Promise<boolean>;
  /** The user as of now. `undefined`: the credentials of the request are not valid any more. */
  readonly currentUser: (user: AuthenticatedUser) => Promise<AuthenticatedUser | undefined>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
  /** Maximum milliseconds until an invalidation in another process is noticed. */
  readonly cacheMs: number;
  /** Maximum number of stored keys of one user. */
  readonly maxPerUser: number;
}

/**
 * Keys for programs. A key has the current roles of its owner, limited by its restriction. It
 * becomes invalid when its owner is deleted or the owner's key epoch changes.
 */
export class ApiKeyService {
  readonly #deps: ApiKeyServiceDeps;
  readonly #cache: ReadThroughCache<ApiKey | undefined>;
  readonly #expiry: KeyExpiry;
  #readDeletion: ReadSpaceDeletion = async () => NO_DELETION;

  constructor(deps: ApiKeyServiceDeps) {
    this.#deps = deps;
    this.#expiry = new KeyExpiry(deps, deps.clock);
    this.#cache = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED,
      load: (id) => deps.store.get(id),
    });
  }

  /**
   * Registers the reader of space deletions. Call it before the first key is created. Without it,
   * no space counts as deleted.
   */
  readDeletionsWith(read: ReadSpaceDeletion): void {
    this.#readDeletion = read;
  }

  /**
   * Creates an API key.
   * @throws SecurityError `api_key_needs_login` when an API key requests a key, because the new key
   * would stay valid after the first one is invalidated; `api_key_expiration_invalid`;
   * `api_key_limit_reached`; `space_being_deleted`
   */
  async create(
    caller: AuthenticatedUser,
    request: ApiKeyRequest & { readonly name: string },
  ): Promise<CreatedApiKey> {
    const owner = await this.#ownerFor(caller);
    const { clock, store, randomness } = this.#deps;
    const expiresAt = this.#expiry.requested(request.expiration) ?? this.#expiry.byDefault();
    const holder = holderOf(request.name, request.roleDescriptors);
    const spaces = await this.#openSpaces(caller, holder);
    const { id, secret, secretHash, encoded } = createCredential(randomness);
    await this.#makeRoom(owner.profileUid);
    await store.create({
      id,
      name: request.name,
      secretHash,
      username: owner.username,
      profileUid: owner.profileUid,
      expiresAt,
      metadata: request.metadata ?? {},
      roleDescriptors: request.roleDescriptors ?? {},
      epoch: owner.apiKeyEpoch,
      createdAt: new Date(clock.now()),
    });
    // Counted again, because other requests may have created keys meanwhile. A key above the limit
    // is removed.
    if ((await store.countOf(owner.profileUid)) > this.#deps.maxPerUser) {
      await this.#remove(id);
      throw this.#limitReached();
    }
    const [closed] = await closedSince(spaces, this.#readDeletion);
    if (closed !== undefined) {
      await this.#remove(id);
      throw spaceBeingDeleted(holder, closed);
    }
    return { id, name: request.name, secret, encoded, expiresAt };
  }

  /**
   * Changes one of the user's own keys. Resolves to `false` when no key has that id.
   * @throws SecurityError `api_key_needs_login`, `api_key_expiration_invalid`,
   * `space_being_deleted`
   */
  async update(caller: AuthenticatedUser, id: string, request: ApiKeyRequest): Promise<boolean> {
    const { profileUid } = await this.#ownerFor(caller);
    const expiresAt = this.#expiry.requested(request.expiration);
    const key = await this.#deps.store.get(id);
    if (key?.profileUid !== profileUid) return false;
    const holder = holderOf(key.name, request.roleDescriptors);
    const spaces = await this.#openSpaces(caller, holder);
    const updated = await this.#deps.store.update(id, {
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
      ...(request.roleDescriptors === undefined
        ? {}
        : { roleDescriptors: request.roleDescriptors }),
    });
    this.#cache.invalidate(id);
    await this.#withdrawClosed(id, holder, spaces);
    return updated;
  }

  /**
   * The spaces in the restriction that the user can reach. In other spaces, the key grants nothing.
   * @throws SecurityError `space_being_deleted`
   */
  #openSpaces(user: AuthenticatedUser, holder: GrantHolder): Promise<NamedSpaces> {
    const { hasAnyPrivilege } = this.#deps;
    return openNamedSpaces(holder, this.#readDeletion, (spaceId) =>
      hasAnyPrivilege({ user, spaceId }),
    );
  }

  /**
   * Removes spaces that were closed during the write from the restriction of a key. The deletion of
   * a space removes only entries that were written before the space was closed.
   * @throws SecurityError `space_being_deleted`
   */
  async #withdrawClosed(id: string, holder: GrantHolder, spaces: NamedSpaces): Promise<void> {
    const closed = await closedSince(spaces, this.#readDeletion);
    const [first] = closed;
    if (first === undefined) return;
    await retryConflicts(
      async () => {
        const key = await this.#deps.store.restrictionOf(id);
        const left = closed.reduce<RoleDescriptors | undefined>(
          (descriptors, spaceId) =>
            (descriptors && descriptorsWithoutSpace(descriptors, spaceId)) ?? descriptors,
          key?.roleDescriptors,
        );
        if (key === undefined || left === undefined || left === key.roleDescriptors) return;
        return (await this.#restrict(key, left)) ? undefined : CONFLICT;
      },
      { attempts: MAX_ATTEMPTS, contended: () => this.#remove(id).then(() => undefined) },
    );
    throw spaceBeingDeleted(holder, first);
  }

  /**
   * Authenticates a key and returns its owner. `undefined`: the key is unknown, wrong, expired or
   * ended, or its owner is deleted or disabled.
   */
  async authenticate(encoded: string): Promise<AuthenticatedUser | undefined> {
    const credential = parseCredential(encoded);
    if (credential === undefined) return undefined;
    const key = await this.#cache.get(credential.id);
    if (key === undefined || !isSecretOf(key, credential.secret)) return undefined;
    const owner = await this.#activeOwner(key);
    return owner && toAuthenticatedUser(owner, 'api_key', key);
  }

  /**
   * Owner of the key with this id, for work that a request with the key has deferred. `undefined`
   * in the same cases as {@link authenticate}; no secret is checked.
   */
  async deferredOwner(id: string): Promise<AuthenticatedUser | undefined> {
    const key = await this.#cache.get(id);
    const owner = key && (await this.#activeOwner(key));
    return owner && toAuthenticatedUser(owner, 'deferred', key);
  }

  /**
   * Restriction of a key. `undefined`: none, so that the key has all privileges of its owner. A key
   * that no longer exists has a restriction that allows nothing.
   */
  async restrictionOf(id: string): Promise<readonly Grant[] | undefined> {
    const key = await this.#cache.get(id);
    return key === undefined ? [] : grantsOf(key.roleDescriptors);
  }

  /**
   * Removes a deleted space from the restrictions of keys. A key whose restriction becomes empty is
   * removed.
   * @param ensureCurrent called before each write; throws when the deletion is over
   * @returns number of keys that named the space; a key that was changed at the same time is left
   * to the next call
   */
  async removeSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number> {
    let changed = 0;
    for await (const key of this.#deps.store.restrictedKeys()) {
      const left = descriptorsWithoutSpace(key.roleDescriptors, spaceId);
      if (left === undefined) continue;
      await ensureCurrent();
      await this.#restrict(key, left);
      changed += 1;
    }
    return changed;
  }

  /** Number of keys whose restriction names a space. */
  async countSpace(spaceId: string): Promise<number> {
    let count = 0;
    for await (const { roleDescriptors } of this.#deps.store.restrictedKeys()) {
      if (descriptorsWithoutSpace(roleDescriptors, spaceId) !== undefined) count += 1;
    }
    return count;
  }

  /**
   * Replaces the restriction of a key. A key whose restriction allows nothing is removed. `false`:
   * the key has changed meanwhile.
   */
  async #restrict(key: RestrictedKey, left: RoleDescriptors): Promise<boolean> {
    const isUseless = (grantsOf(left) ?? []).every(({ spaces }) => spaces.length === 0);
    const written = await this.#deps.store.restrict(key, isUseless ? 'removed' : left);
    this.#cache.invalidate(key.id);
    return written;
  }

  list(...args: Parameters<ApiKeyStore['list']>): ReturnType<ApiKeyStore['list']> {
    return this.#deps.store.list(...args);
  }

  /** Returns a page of the keys that match, each with its cursor. */
  async search(
    reach: KeyReach,
    search: KeySearch,
  ): Promise<KeySearchResult & { readonly keys: readonly FoundKey[] }> {
    const { store, clock } = this.#deps;
    const found = await searchKeys(store.keysWithin(reach), search, clock.now());
    const cursors = new Map(found.places.map(({ id, cursor }) => [id, cursor]));
    const keys = await store.getAll([...cursors.keys()]);
    return { ...found, keys: keys.map((key) => ({ key, cursor: cursors.get(key.id) ?? [] })) };
  }

  /**
   * Invalidates keys by their ids.
   * @param profileUid only keys of this owner; `undefined`: of every owner
   * @param onlyId only this key; `undefined`: any key
   */
  async invalidate(
    ids: readonly string[],
    profileUid: string | undefined,
    onlyId: string | undefined,
  ): Promise<InvalidationResult> {
    const invalidated: { id: string; name: string }[] = [];
    const notFound: string[] = [];
    for (const id of ids) {
      const key = await this.#deps.store.get(id);
      const mayRemove =
        key !== undefined &&
        (profileUid === undefined || key.profileUid === profileUid) &&
        (onlyId === undefined || key.id === onlyId);
      if (mayRemove && (await this.#remove(id))) invalidated.push({ id, name: key.name });
      else notFound.push(id);
    }
    return { invalidated, notFound };
  }

  /**
   * Removes the documents of all keys of an owner, after the owner or a new key epoch has made them
   * invalid.
   */
  async removeAllOf(profileUid: string): Promise<void> {
    for await (const id of this.#deps.store.idsOf(profileUid)) await this.#remove(id);
  }

  /** Deletes keys that expired more than {@link KEEP_EXPIRED_MS} ago. Resolves to their number. */
  async deleteExpired(): Promise<number> {
    return this.#removeAll(
      this.#deps.store.expiredIds(new Date(this.#deps.clock.now() - KEEP_EXPIRED_MS)),
    );
  }

  /**
   * Finds the active owner of a key. `undefined`: the key has expired or ended, or its owner is
   * deleted or disabled.
   */
  async #activeOwner(key: ApiKey): Promise<VersionedUser | undefined> {
    const { clock, directory } = this.#deps;
    if (key.expiresAt !== undefined && clock.now() >= key.expiresAt.getTime()) return undefined;
    const owner = await directory.findActive(key.username);
    if (owner?.profileUid !== key.profileUid || owner.apiKeyEpoch !== key.epoch) return undefined;
    return owner;
  }

  /**
   * The owner of a key that the caller creates or changes.
   * @throws SecurityError `api_key_needs_login`, `user_not_found`
   */
  async #ownerFor(caller: AuthenticatedUser): Promise<VersionedUser> {
    if (caller.authenticationType === 'api_key') {
      throw new SecurityError(
        'api_key_needs_login',
        'An API key cannot create or change API keys. Sign in with a password.',
      );
    }
    const owner = await this.#deps.directory.findActive(caller.username);
    // Read after the epoch. If the credentials have ended, either this check refuses, or the epoch
    // has changed, which ends the new key (F148).
    const current = await this.#deps.currentUser(caller);
    if (owner === undefined || current === undefined || owner.profileUid !== caller.profileUid) {
      throw new SecurityError(
        'user_not_found',
        'This account was deleted or disabled, or your session has ended.',
      );
    }
    return owner;
  }

  /**
   * Removes expired keys of a user who has the maximum number of keys.
   * @throws SecurityError `api_key_limit_reached` if the user still has too many
   */
  async #makeRoom(profileUid: string): Promise<void> {
    const { store, clock, maxPerUser } = this.#deps;
    if ((await store.countOf(profileUid)) < maxPerUser) return;
    await this.#removeAll(store.expiredIds(new Date(clock.now()), profileUid));
    if ((await store.countOf(profileUid)) >= maxPerUser) throw this.#limitReached();
  }

  #limitReached(): SecurityError {
    return new SecurityError(
      'api_key_limit_reached',
      `A user has at most ${this.#deps.maxPerUser} API keys. Invalidate one first.`,
    );
  }

  async #removeAll(ids: AsyncIterable<string>): Promise<number> {
    let removed = 0;
    for await (const id of ids) if (await this.#remove(id)) removed += 1;
    return removed;
  }

  async #remove(id: string): Promise<boolean> {
    const removed = await this.#deps.store.remove(id);
    this.#cache.invalidate(id);
    return removed;
  }
}

function holderOf(
  name: string,
  roleDescriptors: ApiKeyRequest['roleDescriptors'] = {},
): GrantHolder {
  return { label: `API key [${name}]`, grants: grantsOf(roleDescriptors) ?? [] };
}
