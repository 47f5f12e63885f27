import { type AuthenticatedUser, HttpError, type Principal } from '@latchkey/core/server';
import { type Authorizer, MANAGE_SECURITY } from '../roles/index.ts';

/**
 * Whose keys a caller may see and end.
 * @param wantsAll `false`: own ones only, whatever else the caller may
 */
export async function keysWithinReach(
  authorizer: Pick<Authorizer, 'missingPrivileges'>,
  principal: Principal,
  wantsAll: boolean,
): Promise<{
  readonly canManageApiKeys: boolean;
  /** `undefined`: everybody's. */
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

/** The router let only signed-in people through; this tells the compiler. */
export function signedIn(user: AuthenticatedUser | undefined): AuthenticatedUser {
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  return user;
}
