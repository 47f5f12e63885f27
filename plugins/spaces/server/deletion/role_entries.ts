import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpaceDataHandler } from '../types.ts';

/**
 * Rows of roles that name the space. It is this plugin's because security cannot depend on spaces. Roles may name spaces that do not exist yet, so
 * nothing of them counts as left behind.
 */
export function roleEntriesHandler(
  security: () => Pick<SecurityStart, 'removeSpaceFromRoles'>,
): SpaceDataHandler {
  return {
    id: 'roles',
    types: [],
    deleteData: async ({ spaceId, ensureCurrent }) => {
      const roles = await security().removeSpaceFromRoles(spaceId, ensureCurrent);
      return { removed: { roles }, remaining: 0 };
    },
  };
}
