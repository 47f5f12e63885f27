import { type Clock, ReadThroughCache } from '@latchkey/core/server';
import {
  closedSince,
  EVERY_SPACE,
  type FeatureRegistry,
  type Grant,
  type GrantHolder,
  levelOf,
  type NamedSpaces,
  openNamedSpaces,
  spaceBeingDeleted,
  withoutSpace,
} from '../privileges/index.ts';
import { SecurityError } from '../security_error.ts';
import type { ReadSpaceDeletion } from '../types.ts';
import { builtInRoles } from './built_in_roles.ts';
import type { Role } from './role.ts';
import type { RoleStore } from './role_store.ts';

const MAX_CACHED_ROLES = 1000;
/** Maximum number of features and privileges that the warnings about a role name. */
const MAX_WARNINGS = 100;
const NO_DELETION = { isBeingDeleted: false, lastDeletion: undefined } as const;

/** Collaborators and settings of {@link RoleService}. */
export interface RoleServiceDeps {
  readonly store: RoleStore;
  readonly features: FeatureRegistry;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Maximum milliseconds until a change by another process takes effect. */
  readonly cacheMs: number;
  /**
   * Called after a role was written or removed. It publishes that the users of the role have
   * changed.
   */
  readonly changed: (name: string) => Promise<void>;
}

/** Conditions of a write. By default, any version is replaced, or the role is created. */
interface PutOptions {
  /** `true`: only creates the role, and replaces no existing one. */
  readonly createOnly?: boolean;
  /** The only version that may be replaced. `undefined`: any version. */
  readonly version?: string | undefined;
}

/**
 * Built-in and stored roles. They are cached for a short time, because each request needs them for
 * its authorization.
 */
export class RoleService {
  readonly #store: RoleStore;
  readonly #features: FeatureRegistry;
  readonly #cache: ReadThroughCache<Role | undefined>;
  readonly #changed: RoleServiceDeps['changed'];
  #builtIn: ReadonlyMap<string, Role> | undefined;
  #readDeletion: ReadSpaceDeletion = async () => NO_DELETION;

  constructor(deps: RoleServiceDeps) {
    this.#store = deps.store;
    this.#features = deps.features;
    this.#changed = deps.changed;
    this.#cache = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: deps.cacheMs,
      maxEntries: MAX_CACHED_ROLES,
      load: (name) => deps.store.get(name),
    });
  }

  /**
   * Registers the reader of space deletions. Call it before the first {@link put}. Without it, no
   * space counts as deleted.
   */
  readDeletionsWith(read: ReadSpaceDeletion): void {
    this.#readDeletion = read;
  }

  async list(): Promise<readonly Role[]> {
    return [...this.#reserved().values(), ...(await this.#store.list())];
  }

  /**
   * Reads a role.
   * @throws SecurityError `role_not_found`
   */
  async get(name: string): Promise<Role> {
    const role = this.#reserved().get(name) ?? (await this.#store.get(name));
    if (role === undefined) throw notFound(name);
    return role;
  }

  /** The roles with these names that exist, for authorization. A deleted role grants nothing. */
  async resolve(names: readonly string[]): Promise<readonly Role[]> {
    const roles = await Promise.all(
      names.map((name) => this.#reserved().get(name) ?? this.#cache.get(name)),
    );
    return roles.filter((role) => role !== undefined);
  }

  /**
   * Stores a role. Features and privileges that do not exist here are stored too, but grant
   * nothing. The result names them, because roles may come from installations with other features.
   * @throws SecurityError `role_reserved`, `role_invalid`, `space_being_deleted`, or `role_exists`
   *   with `createOnly`; with a version also `stale_version` and `role_not_found`
   */
  async put(role: Role, options: PutOptions): Promise<readonly string[]> {
    this.#refuseReserved(role.name);
    this.#refuseInvalid(role);
    const spaces = await openNamedSpaces(holderOf(role), this.#readDeletion);
    const refusal = await this.#write(role, options);
    this.#cache.invalidate(role.name);
    if (refusal !== undefined) throw refusal;
    await this.#changed(role.name);
    await this.#withdrawClosed(role, spaces);
    return this.#warningsFor(role);
  }

  /** Writes a role. Resolves to `undefined` if it was stored, otherwise to the error. */
  async #write(
    role: Role,
    { createOnly = false, version }: PutOptions,
  ): Promise<SecurityError | undefined> {
    const { name } = role;
    if (version === undefined || createOnly) {
      const isWritten = await this.#store.put(role, { createOnly });
      return isWritten
        ? undefined
        : new SecurityError('role_exists', `Role [${name}] already exists.`, { role: name });
    }
    const outcome = await this.#store.replace(role, version);
    if (outcome === 'missing') return notFound(name);
    if (outcome === 'replaced') return undefined;
    return new SecurityError(
      'stale_version',
      `Role [${name}] was changed after the version that the request names.`,
      { role: name },
    );
  }

  /**
   * Removes entries for spaces that were closed during the write, because the deletion of a space
   * only removes entries that were written before the space was closed.
   * @throws SecurityError `space_being_deleted`
   */
  async #withdrawClosed(role: Role, spaces: NamedSpaces): Promise<void> {
    const { name } = role;
    const closed = await closedSince(spaces, this.#readDeletion);
    const [first] = closed;
    if (first === undefined) return;
    for (const id of closed) {
      await this.#store.changeGrantsOf(name, (grants) => withoutSpace(grants, id));
    }
    this.#cache.invalidate(name);
    await this.#changed(name);
    throw spaceBeingDeleted(holderOf(role), first);
  }

  /** The stored role with this name. Built-in roles are not stored. `undefined`: there is none. */
  getStored(name: string): Promise<Role | undefined> {
    return this.#store.get(name);
  }

  /**
   * Removes a space that is being deleted from all roles, so that no role grants anything in a
   * later space with the same id. A role that named no other space stays and grants nothing.
   * @param ensureCurrent called before each write; throws when the deletion is over
   * @returns number of roles that named the space
   */
  async removeSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number> {
    const changed = await this.#store.changeGrants(
      (grants) => withoutSpace(grants, spaceId),
      async (name) => {
        await ensureCurrent();
        // The change is also published before the write. If the process crashes after the write,
        // nobody would publish it otherwise.
        await this.#changed(name);
      },
    );
    for (const name of changed) {
      this.#cache.invalidate(name);
      await this.#changed(name);
    }
    return changed.length;
  }

  /** Number of stored roles that name a space. */
  async countSpace(spaceId: string): Promise<number> {
    const roles = await this.#store.list();
    return roles.filter(({ grants }) => withoutSpace(grants, spaceId) !== undefined).length;
  }

  /**
   * Deletes a role.
   * @throws SecurityError `role_reserved`, `role_not_found`
   */
  async remove(name: string): Promise<void> {
    this.#refuseReserved(name);
    const removed = await this.#store.remove(name);
    this.#cache.invalidate(name);
    if (!removed) throw notFound(name);
    await this.#changed(name);
  }

  #reserved(): ReadonlyMap<string, Role> {
    this.#builtIn ??= builtInRoles(this.#features);
    return this.#builtIn;
  }

  #refuseReserved(name: string): void {
    if (!this.#reserved().has(name)) return;
    throw new SecurityError('role_reserved', `Role [${name}] is built in and cannot be changed.`, {
      role: name,
    });
  }

  #refuseInvalid(role: Role): void {
    const problem = firstProblem(role.grants);
    if (problem === undefined) return;
    throw new SecurityError('role_invalid', `Role [${role.name}]: ${problem}`, { role: role.name });
  }

  #warningsFor({ grants }: Role): readonly string[] {
    const warnings = [...privilegesByFeature(grants)].flatMap(([id, names]) => {
      if (this.#features.isGrantedByName(id))
        return names
          .filter((name) => levelOf(name) === undefined)
          .map((name) => `Feature [${id}] has no privilege [${name}], which grants nothing.`);
      return this.#features.get(id) === undefined
        ? [`Feature [${id}] does not exist here and grants nothing.`]
        : [`Feature [${id}] is granted by base privileges in every space, not by name.`];
    });
    const more = warnings.length - MAX_WARNINGS;
    return more <= 0
      ? warnings
      : [...warnings.slice(0, MAX_WARNINGS), `${more} more privileges grant nothing.`];
  }
}

/** The first reason why these entries cannot be stored. `undefined`: there is none. */
function firstProblem(grants: readonly Grant[]): string | undefined {
  const seen = new Set<string>();
  for (const { base, feature, spaces } of grants) {
    if (base.length > 0 && Object.keys(feature).length > 0) {
      return 'an entry grants either base or feature privileges, not both.';
    }
    if (base.length === 0 && Object.values(feature).flat().length === 0) {
      return 'an entry must grant either base or feature privileges.';
    }
    if (spaces.includes(EVERY_SPACE) && spaces.length > 1) {
      return 'every space (*) cannot be combined with named spaces in one entry.';
    }
    for (const space of spaces) {
      if (seen.has(space)) return `space [${space}] appears in more than one entry.`;
      seen.add(space);
    }
    const level = base.find((name) => name !== 'all' && name !== 'read');
    if (level !== undefined) return `base privilege [${level}] does not exist.`;
  }
  return undefined;
}

/** Names of privileges by the id of their feature. Both are sorted and have no duplicates. */
function privilegesByFeature(grants: readonly Grant[]): ReadonlyMap<string, readonly string[]> {
  const namesOf = new Map<string, Set<string>>();
  for (const [id, more] of grants.flatMap(({ feature }) => Object.entries(feature))) {
    const names = namesOf.get(id) ?? new Set();
    namesOf.set(id, names);
    for (const name of more) names.add(name);
  }
  const sorted = [...namesOf].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([id, names]) => [id, [...names].sort()]));
}

function holderOf({ name, grants }: Role): GrantHolder {
  return { label: `Role [${name}]`, grants, details: { role: name } };
}

function notFound(name: string): SecurityError {
  return new SecurityError('role_not_found', `Role [${name}] does not exist.`, { role: name });
}
