import type { FeatureRegistration } from '../types.ts';

/** Privilege to create and change one's own API keys. Kibana's `manage_own_api_key`. */
export const MANAGE_OWN_API_KEYS = 'security:manage-own-api-keys';

/** Roles grant it with `all`. Listing and invalidating one's own keys needs no privilege. */
export const apiKeyFeature: FeatureRegistration = {
  id: 'api_keys',
  name: 'API keys of one’s own',
  privileges: { all: [MANAGE_OWN_API_KEYS], read: [] },
};
