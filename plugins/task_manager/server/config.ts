import { durationMs, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({
  /** Time between two looks for due tasks; the look itself comes up to 10 % earlier or later. */
  poll_interval: durationMs({ min: '100ms', max: '60s' }).prefault('3s'),
  /** Tasks this process runs at the same time. */
  max_workers: z.number().int().min(1).max(100).default(10),
  /** How long a task stays claimed without a heartbeat; after that another process takes it over. */
  claim_duration: durationMs({ min: '300ms', max: '10m' }).prefault('30s'),
});

/** Settings under `xpack.task_manager`. All durations are milliseconds. */
export type TaskManagerConfig = z.infer<typeof schema>;

/** None of it concerns the browser. */
export const config: PluginConfigDescriptor<TaskManagerConfig> = { schema };
