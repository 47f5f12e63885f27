import type { FeatureRegistration } from '../types.ts';

/**
 * For accounts of monitoring systems. Grants `GET /metrics` and nothing else. The figures are those
 * of all spaces, so a role for one space does not include them.
 */
export const monitoringFeature: FeatureRegistration = {
  id: 'monitoring',
  name: 'Monitoring',
  onlyInEverySpace: true,
  privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
};
