import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpaceDataHandler } from '../types.ts';

/**
 * Handler for the role entries and API key restrictions that name the space. It is in this plugin
 * because security cannot depend on spaces. Roles may name spaces that do not exist yet, so their
 * entries never count as orphaned data.
 */
export function securityDataHandler(
  security: () => Pick<SecurityStart, 'removeSpace' | 'countSpace'>,
): SpaceDataHandler {
  return {
    id: 'security',
    types: ['role', 'api_key'],
    deleteData: async ({ spaceId, ensureCurrent }) => {
      const { roles, apiKeys } = await security().removeSpace(spaceId, ensureCurrent);
      return { removed: { roles, api_keys: apiKeys }, remaining: 0 };
    },
    countData: async (spaceId) => {
      const { roles, apiKeys } = await security().countSpace(spaceId);
      return { roles, api_keys: apiKeys };
    },
  };
}
