import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds as a number, or a text such as `500ms`, `3s`, `5m`. */
const durationMs = (limits: { readonly min: number; readonly max: number }) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}(ms|s|m|h)$/, 'must be milliseconds or a duration such as 500ms, 3s or 5m')
        .transform((text) => {
          const unit = text.replace(/^\d+/, '') as keyof typeof MS_PER_UNIT;
          return Number.parseInt(text, 10) * MS_PER_UNIT[unit];
        }),
    ])
    .pipe(z.number().int().min(limits.min).max(limits.max));

const schema = z.strictObject({
  /** Time between two looks for due tasks; the look itself comes up to 10 % earlier or later. */
  poll_interval: durationMs({ min: 100, max: 60_000 }).prefault('3s'),
  /** Tasks this process runs at the same time. */
  max_workers: z.number().int().min(1).max(100).default(10),
  /** How long a task stays claimed without a heartbeat; after that another process takes it over. */
  claim_duration: durationMs({ min: 300, max: 600_000 }).prefault('30s'),
});

/** Settings under `xpack.task_manager`. All durations are milliseconds. */
export type TaskManagerConfig = z.infer<typeof schema>;

/** None of it concerns the browser. */
export const config: PluginConfigDescriptor<TaskManagerConfig> = { schema };
