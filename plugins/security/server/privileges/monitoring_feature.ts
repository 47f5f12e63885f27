import type { FeatureRegistration } from '../types.ts';

/** For accounts of monitoring systems: the figures of `GET /metrics`, and nothing else. */
export const monitoringFeature: FeatureRegistration = {
  id: 'monitoring',
  name: 'Monitoring',
  privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
};
