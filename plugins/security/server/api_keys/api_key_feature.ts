import { MANAGE_OWN_API_KEYS } from '../../common/index.ts';
import type { FeatureRegistration } from '../types.ts';

/**
 * Feature that lets users create their own API keys. Listing and invalidating own keys needs no
 * privilege.
 */
export const apiKeyFeature: FeatureRegistration = {
  id: 'api_keys',
  name: { en: 'Own API keys', de: 'Eigene API-Schlüssel' },
  privileges: { all: [MANAGE_OWN_API_KEYS], read: [] },
};
