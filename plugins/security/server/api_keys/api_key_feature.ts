import type { FeatureRegistration } from '../types.ts';

/** Creating and changing API keys of one's own. Kibana's `manage_own_api_key`. */
export const MANAGE_OWN_API_KEYS = 'security:manage-own-api-keys';

/** What roles name to grant it: `all`. Seeing and ending one's own keys takes no privilege. */
export const apiKeyFeature: FeatureRegistration = {
  id: 'api_keys',
  name: 'API keys of one’s own',
  privileges: { all: [MANAGE_OWN_API_KEYS], read: [] },
};
