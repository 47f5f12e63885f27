import type { Principal } from '@latchkey/core/server';
import { expandPrivileges, type FeatureRegistry } from '../privileges/index.ts';
import { MANAGE_SECURITY, SUPERUSER } from './role.ts';
import type { RoleService } from './role_service.ts';

/** Decides what a principal may do in its space, from the roles it holds. */
export class Authorizer {
  readonly #roles: Pick<RoleService, 'resolve'>;
  readonly #features: Pick<FeatureRegistry, 'list'>;

  constructor(deps: {
    readonly roles: Pick<RoleService, 'resolve'>;
    readonly features: Pick<FeatureRegistry, 'list'>;
  }) {
    this.#roles = deps.roles;
    this.#features = deps.features;
  }

  /** The privileges of `required` that the principal lacks. Nobody signed in lacks all of them. */
  async missingPrivileges(
    principal: Principal,
    required: readonly string[],
  ): Promise<readonly string[]> {
    if (required.length === 0 || isSuperuser(principal)) return [];
    const held = await this.#granted(principal);
    return required.filter((name) => !held.has(name));
  }

  /** Whether the principal holds anything in its space. */
  async hasAnyPrivilege(principal: Principal): Promise<boolean> {
    return isSuperuser(principal) || (await this.#granted(principal)).size > 0;
  }

  /** All privileges held in the principal's space, sorted, for screens that hide what would be refused. */
  async heldPrivileges(principal: Principal): Promise<readonly string[]> {
    const held = isSuperuser(principal)
      ? [
          MANAGE_SECURITY,
          ...this.#features
            .list()
            .flatMap(({ privileges }) => [...privileges.all, ...privileges.read]),
        ]
      : await this.#granted(principal);
    return [...new Set(held)].sort();
  }

  async #granted(principal: Principal): Promise<ReadonlySet<string>> {
    if (principal.user === undefined) return new Set();
    const roles = await this.#roles.resolve(principal.user.roles);
    const grants = roles.flatMap((role) => role.grants);
    return expandPrivileges(grants, principal.spaceId, this.#features.list());
  }
}

function isSuperuser(principal: Principal): boolean {
  return principal.user?.roles.includes(SUPERUSER) === true;
}
