import type { Principal } from '@latchkey/core/server';
import { MANAGE_SECURITY } from '../../common/index.ts';
import { expandPrivileges, type FeatureRegistry, type Grant } from '../privileges/index.ts';
import type { FeatureRegistration } from '../types.ts';
import { SUPERUSER } from './role.ts';
import type { RoleService } from './role_service.ts';

/** Collaborators and settings of {@link Authorizer}. */
export interface AuthorizerDeps {
  readonly roles: Pick<RoleService, 'resolve'>;
  readonly features: Pick<FeatureRegistry, 'list'>;
  /**
   * Reads the restriction of an API key. `undefined`: none, so that the key has all privileges of
   * its owner.
   */
  readonly restrictionOf: (apiKeyId: string) => Promise<readonly Grant[] | undefined>;
}

/**
 * Decides what a principal may do in its space, from the roles of its user. An API key has the
 * current privileges of its owner, limited by its restriction. Even a superuser's key never has
 * privileges that no feature grants: they manage users, roles, the keys of others and encryption
 * keys, and a stolen key could create an account with them. Deferred work does not have them
 * either.
 */
export class Authorizer {
  readonly #deps: AuthorizerDeps;
  #every:
    | {
        readonly features: readonly FeatureRegistration[];
        readonly names: ReadonlySet<string>;
      }
    | undefined;

  constructor(deps: AuthorizerDeps) {
    this.#deps = deps;
  }

  /**
   * Returns the privileges of `required` that the principal lacks. A principal without a user lacks
   * all of them.
   */
  async missingPrivileges(
    principal: Principal,
    required: readonly string[],
  ): Promise<readonly string[]> {
    if (required.length === 0 || mayDoEverything(principal)) return [];
    const held = await this.#granted(principal);
    return required.filter((name) => !held.has(name));
  }

  /** `true` if the principal has any privilege in its space. */
  async hasAnyPrivilege(principal: Principal): Promise<boolean> {
    return mayDoEverything(principal) || (await this.#granted(principal)).size > 0;
  }

  /**
   * All privileges of the principal in its space, sorted. Pages use them to hide actions that would
   * be refused.
   */
  async heldPrivileges(principal: Principal): Promise<readonly string[]> {
    const held = mayDoEverything(principal)
      ? [MANAGE_SECURITY, ...this.#everyPrivilege()]
      : await this.#granted(principal);
    return [...new Set(held)].sort();
  }

  async #granted(principal: Principal): Promise<ReadonlySet<string>> {
    const { user, spaceId } = principal;
    if (user === undefined) return new Set();
    const features = this.#deps.features.list();
    const owned = isSuperuser(principal)
      ? this.#everyPrivilege()
      : expandPrivileges(await this.#grantsOf(user.roles), spaceId, features);
    // An API key was used if the user has the id of a key, as in deferred work of a request with a
    // key.
    if (user.authenticationType !== 'api_key' && user.apiKeyId === undefined) return owned;
    // Without its id, the restriction of a key cannot be looked up, so the key has no privilege.
    const restriction =
      user.apiKeyId === undefined ? [] : await this.#deps.restrictionOf(user.apiKeyId);
    if (restriction === undefined) return owned;
    const allowed = expandPrivileges(restriction, spaceId, features);
    return new Set([...owned].filter((name) => allowed.has(name)));
  }

  async #grantsOf(roles: readonly string[]): Promise<readonly Grant[]> {
    return (await this.#deps.roles.resolve(roles)).flatMap(({ grants }) => grants);
  }

  /**
   * All registered privileges, cached per list of features. The list does not change after the
   * start.
   */
  #everyPrivilege(): ReadonlySet<string> {
    const features = this.#deps.features.list();
    if (this.#every?.features !== features) {
      const names = features.flatMap(({ privileges }) => [...privileges.all, ...privileges.read]);
      this.#every = { features, names: new Set(names) };
    }
    return this.#every.names;
  }
}

function isSuperuser({ user }: Principal): boolean {
  return user?.roles.includes(SUPERUSER) === true;
}

/**
 * Returns `true` if a principal also has privileges that no feature grants: only a superuser who
 * signed in has them.
 */
function mayDoEverything(principal: Principal): boolean {
  const type = principal.user?.authenticationType;
  return isSuperuser(principal) && (type === 'session' || type === 'basic');
}
