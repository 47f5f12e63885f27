import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpaceDataHandler } from '../types.ts';

/**
 * Rows of roles that name the space, and what API keys are restricted to. It is this plugin's because security cannot depend on spaces. Roles may name spaces that do not exist yet, so
 * nothing of them counts as left behind.
 */
export function securityDataHandler(
  security: () => Pick<SecurityStart, 'removeSpace'>,
): SpaceDataHandler {
  return {
    id: 'security',
    types: [],
    deleteData: async ({ spaceId, ensureCurrent }) => {
      const { roles, apiKeys } = await security().removeSpace(spaceId, ensureCurrent);
      return { removed: { roles, api_keys: apiKeys }, remaining: 0 };
    },
  };
}
