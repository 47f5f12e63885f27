import type { FeatureRegistration } from '../types.ts';

/**
 * Feature for accounts of monitoring systems. It grants only `GET /metrics`. Metrics cover all
 * spaces, so a role for single spaces does not grant the feature.
 */
export const monitoringFeature: FeatureRegistration = {
  id: 'monitoring',
  name: { en: 'Monitoring', de: 'Überwachung' },
  onlyInEverySpace: true,
  privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
};
