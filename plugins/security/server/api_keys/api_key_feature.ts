import { MANAGE_OWN_API_KEYS } from '../../common/index.ts';
import type { FeatureRegistration } from '../types.ts';

/** Feature that grants own API keys. Listing and invalidating them requires no privilege. */
export const apiKeyFeature: FeatureRegistration = {
  id: 'api_keys',
  name: { en: 'API keys of one’s own', de: 'Eigene API-Schlüssel' },
  privileges: { all: [MANAGE_OWN_API_KEYS], read: [] },
};
