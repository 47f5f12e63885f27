export { CONTRACT_VERSION } from './contract_version.ts';
export { OpsMetrics } from './ops_metrics.ts';
export { registerStatusRoute } from './status_route.ts';
export { type StatusReport, StatusService } from './status_service.ts';
export type { ServiceStatus, StatusLevel, StatusSetup } from './types.ts';
