export { retentionTaskDefinition, scheduleRetention } from './retention_task.ts';
export { RunRetention } from './run_retention.ts';
