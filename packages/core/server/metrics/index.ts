export { registerMetricsRoute } from './metrics_route.ts';
export { MetricsService } from './metrics_service.ts';
export type { Counter, Histogram, MetricLabels, MetricsSetup } from './types.ts';
