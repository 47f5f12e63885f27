import {
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { validElasticsearch } from '../../common/index.ts';
import type { Role } from './role.ts';
import { ROLE_TYPE } from './role_type.ts';

interface RoleAttributes {
  readonly name: string;
  readonly description?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly grants: Role['grants'];
  readonly elasticsearch?: Role['elasticsearch'];
}

/**
 * The stored roles, by name. All methods throw SavedObjectError when the store cannot be reached.
 */
export class RoleStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Reads a role. `undefined`: there is none with this name. */
  async get(name: string): Promise<Role | undefined> {
    const found = await this.#repository().getIfExists<RoleAttributes>(ROLE_TYPE, name);
    return found === undefined ? undefined : toRole(found);
  }

  /** Lists the stored roles, sorted by name. */
  async list(): Promise<readonly Role[]> {
    const roles: Role[] = [];
    for await (const batch of this.#repository().iterate<RoleAttributes>({ type: ROLE_TYPE })) {
      roles.push(...batch.map(toRole));
    }
    return roles.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Stores a role. Resolves to `false`, without writing, when `createOnly` is set and the name is
   * taken.
   */
  async put(role: Role, options: { readonly createOnly: boolean }): Promise<boolean> {
    try {
      await this.#repository().create(ROLE_TYPE, attributesOf(role), {
        id: role.name,
        overwrite: !options.createOnly,
      });
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'conflict')) return false;
      throw error;
    }
  }

  /** Replaces the role only if it still has this version. */
  async replace(role: Role, version: string): Promise<'replaced' | 'stale' | 'missing'> {
    // An update keeps attributes that it does not name, so an absent description must be named to
    // be removed.
    const changes = { ...attributesOf(role), description: role.description };
    try {
      await this.#repository().update<RoleAttributes>(ROLE_TYPE, role.name, changes, { version });
      return 'replaced';
    } catch (error) {
      if (isSavedObjectError(error, 'conflict')) return 'stale';
      if (isSavedObjectError(error, 'not_found')) return 'missing';
      throw error;
    }
  }

  /**
   * Changes the entries of every role for which `decide` returns other entries. Each write replaces
   * exactly the version that was read.
   * @param beforeWrite called after the entries of a role were read and before they are written
   * @returns names of the roles that were changed
   */
  async changeGrants(
    decide: (grants: Role['grants']) => Role['grants'] | undefined,
    beforeWrite: (name: string) => Promise<void>,
  ): Promise<readonly string[]> {
    const changed: string[] = [];
    for await (const batch of this.#repository().iterate<RoleAttributes>({ type: ROLE_TYPE })) {
      for (const { id, attributes } of batch) {
        if (decide(attributes.grants) === undefined) continue;
        if (await this.#changeGrantsOf(id, decide, beforeWrite)) changed.push(id);
      }
    }
    return changed;
  }

  /** Like {@link changeGrants}, but for one role. */
  async changeGrantsOf(
    name: string,
    decide: (grants: Role['grants']) => Role['grants'] | undefined,
  ): Promise<void> {
    await this.#changeGrantsOf(name, decide, async () => undefined);
  }

  async #changeGrantsOf(
    id: string,
    decide: (grants: Role['grants']) => Role['grants'] | undefined,
    beforeWrite: (name: string) => Promise<void>,
  ): Promise<boolean> {
    const { outcome } = await this.#repository().mutate<RoleAttributes>(
      ROLE_TYPE,
      id,
      async (present) => {
        const grants = present && decide(present.attributes.grants);
        if (grants === undefined) return 'skip';
        await beforeWrite(id);
        return { grants };
      },
    );
    return outcome === 'updated';
  }

  /** Removes a role. Resolves to `false` when the role does not exist. */
  async remove(name: string): Promise<boolean> {
    try {
      await this.#repository().delete(ROLE_TYPE, name);
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'not_found')) return false;
      throw error;
    }
  }
}

function toRole({ attributes, version }: SavedObject<RoleAttributes>): Role {
  const { name, description, metadata, grants } = attributes;
  const elasticsearch = validElasticsearch(attributes.elasticsearch ?? {});
  return { name, description, metadata, grants, elasticsearch, reserved: false, version };
}

const attributesOf = (role: Role): RoleAttributes => ({
  name: role.name,
  ...(role.description === undefined ? {} : { description: role.description }),
  metadata: role.metadata,
  grants: role.grants,
  elasticsearch: role.elasticsearch,
});
