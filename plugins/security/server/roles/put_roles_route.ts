import { isDeepStrictEqual } from 'node:util';
import { type Router, respond, type ServerRequest } from '@latchkey/core/server';
import { putRoles } from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { SecurityError } from '../security_error.ts';
import type { Role } from './role.ts';
import { roleOf } from './role_body.ts';
import { roleEvent } from './role_event.ts';
import type { RoleService } from './role_service.ts';

interface PutRolesServices {
  readonly roles: Pick<RoleService, 'put' | 'getStored'>;
  readonly audit: AuditLog;
}

/** Result for one role of the request. */
type Outcome =
  | { readonly type: 'created' | 'updated'; readonly warnings: readonly string[] }
  | { readonly type: 'noop' }
  | { readonly type: 'error'; readonly error: SecurityError };

/**
 * Registers Kibana's `POST /api/security/roles`. Each role of a request succeeds or fails
 * independently.
 */
export function registerPutRoles(router: Router<PutRolesServices>): void {
  router.handle(putRoles, async (request, services) => {
    const outcomes = new Map<string, Outcome>();
    for (const [name, body] of Object.entries(request.body.roles)) {
      outcomes.set(name, await putOne(services, request, roleOf(name, body)));
    }
    return respond.ok(toResponse(outcomes));
  });
}

/**
 * Stores one role.
 * @throws errors that the role does not cause, for example when the store is unavailable
 */
async function putOne(
  { roles, audit }: PutRolesServices,
  request: ServerRequest,
  role: Role,
): Promise<Outcome> {
  const before = await roles.getStored(role.name);
  if (before !== undefined && isSame(before, role)) return { type: 'noop' };
  try {
    const warnings = await audit.around(request, roleEvent('role_save', role.name), () =>
      roles.put(role, { createOnly: false }),
    );
    return { type: before === undefined ? 'created' : 'updated', warnings };
  } catch (error) {
    if (error instanceof SecurityError) return { type: 'error', error };
    throw error;
  }
}

function isSame({ version: _, ...stored }: Role, role: Role): boolean {
  return isDeepStrictEqual(stored, role);
}

function toResponse(outcomes: ReadonlyMap<string, Outcome>) {
  const created: string[] = [];
  const updated: string[] = [];
  const noop: string[] = [];
  const errors = new Map<string, { type: string; reason: string }>();
  const warnings = new Map<string, string[]>();
  const lists = { created, updated, noop };
  for (const [name, outcome] of outcomes) {
    if (outcome.type === 'error') {
      errors.set(name, { type: outcome.error.code, reason: outcome.error.message });
      continue;
    }
    lists[outcome.type].push(name);
    if ('warnings' in outcome && outcome.warnings.length > 0) {
      warnings.set(name, [...outcome.warnings]);
    }
  }
  return {
    ...(created.length === 0 ? {} : { created }),
    ...(updated.length === 0 ? {} : { updated }),
    ...(noop.length === 0 ? {} : { noop }),
    ...(errors.size === 0 ? {} : { errors: Object.fromEntries(errors) }),
    ...(warnings.size === 0 ? {} : { warnings: Object.fromEntries(warnings) }),
  };
}
