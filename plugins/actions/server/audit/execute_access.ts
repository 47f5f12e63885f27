import type { SecurityStart } from '@latchkey/security-plugin/server';

/**
 * Creates a function that returns `true` if a user may currently execute connectors in a space. The
 * result is `false` for a removed user.
 */
export function executeAccess(
  security: Pick<SecurityStart, 'getActiveUser' | 'missingPrivileges'>,
) {
  return async (profileUid: string, spaceId: string): Promise<boolean> => {
    const user = await security.getActiveUser(profileUid);
    if (user === undefined) return false;
    const missing = await security.missingPrivileges({ user, spaceId }, ['actions:execute']);
    return missing.length === 0;
  };
}
