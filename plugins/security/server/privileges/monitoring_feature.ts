import type { FeatureRegistration } from '../types.ts';

/**
 * Feature for accounts of monitoring systems. It grants only `GET /metrics`. The metrics cover all
 * spaces, so a role for one space does not include them.
 */
export const monitoringFeature: FeatureRegistration = {
  id: 'monitoring',
  name: { en: 'Monitoring', de: 'Überwachung' },
  onlyInEverySpace: true,
  privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
};
