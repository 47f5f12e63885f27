import { type AuthenticatedUser, HttpError, type Principal } from '@latchkey/core/server';
import { MANAGE_SECURITY } from '../../common/index.ts';
import type { Authorizer } from '../roles/index.ts';

/**
 * Tells which keys a caller may list and invalidate.
 * @param wantsAll `false`: only own keys, whatever the caller's privileges are
 * @throws HttpError 401 when there is no user
 */
export async function keysWithinReach(
  authorizer: Pick<Authorizer, 'missingPrivileges'>,
  principal: Principal,
  wantsAll: boolean,
): Promise<{
  readonly canManageApiKeys: boolean;
  /** Owner of the keys. `undefined`: every owner. */
  readonly profileUid: string | undefined;
}> {
  const user = signedIn(principal.user);
  const missing = await authorizer.missingPrivileges(principal, [MANAGE_SECURITY]);
  const canManageApiKeys = missing.length === 0;
  return {
    canManageApiKeys,
    profileUid: canManageApiKeys && wantsAll ? undefined : user.profileUid,
  };
}

/**
 * Returns the user of a request. The router only admits signed-in users, so the check is only for
 * the compiler.
 * @throws HttpError 401 when there is no user
 */
export function signedIn(user: AuthenticatedUser | undefined): AuthenticatedUser {
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  return user;
}
