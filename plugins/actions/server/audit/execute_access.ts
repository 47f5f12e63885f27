import type { SecurityStart } from '@latchkey/security-plugin/server';

/** Tells if a user may now execute connectors of a space. `false` for a removed user. */
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
