import type { CoreSetup } from '@latchkey/core/server';

/** Counters and histograms of this plugin, created during setup. */
export type ActionsMetrics = ReturnType<typeof createActionsMetrics>;

/**
 * Registers the metrics. Operators build dashboards on their names, so the names must not change.
 */
export function createActionsMetrics({ metrics }: Pick<CoreSetup, 'metrics'>) {
  return {
    executions: metrics.counter('latchkey_connector_executions_total', 'Connector executions.', [
      'connector_type',
      'outcome',
    ]),
    duration: metrics.histogram(
      'latchkey_connector_execution_seconds',
      'Time of connector executions.',
      ['connector_type'],
    ),
    grantEvents: metrics.counter('latchkey_grant_events_total', 'Events of OAuth grants.', [
      'event',
    ]),
  };
}
