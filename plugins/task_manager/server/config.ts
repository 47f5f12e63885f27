import { durationMs, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({
  /** Time between two polls for due tasks. Each poll is up to 10 % earlier or later. */
  poll_interval: durationMs({ min: '100ms', max: '60s' }).prefault('3s'),
  /** Maximum number of tasks that this process runs at the same time. */
  max_workers: z.number().int().min(1).max(100).default(10),
  /** Lifetime of a claim without a heartbeat. After it, another process takes over the task. */
  claim_duration: durationMs({ min: '300ms', max: '10m' }).prefault('30s'),
});

/** Settings under `xpack.task_manager`. All durations are in milliseconds. */
export type TaskManagerConfig = z.infer<typeof schema>;

/** No setting is visible to browsers. */
export const config: PluginConfigDescriptor<TaskManagerConfig> = { schema };
