import type { FeatureRegistration } from '../types.ts';

/** For accounts of monitoring systems. Grants `GET /metrics` and nothing else. */
export const monitoringFeature: FeatureRegistration = {
  id: 'monitoring',
  name: 'Monitoring',
  privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
};
