import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';
import { durationMs } from './duration.ts';
import { newPassword } from './passwords/index.ts';

/** Timers cannot wait longer than 24 days. */
const MAX_CLEANUP_INTERVAL_MS = 7 * 86_400_000;

const schema = z.strictObject({
  session: z
    .strictObject({
      /** A session ends after this long without a request. */
      idleTimeout: durationMs.prefault('8h'),
      /** A session ends this long after login, whatever happens. */
      lifespan: durationMs.prefault('30d'),
      /** How often documents of ended sessions are removed. */
      cleanupInterval: durationMs
        .refine((ms) => ms >= 1000 && ms <= MAX_CLEANUP_INTERVAL_MS, 'must be between 1s and 7d')
        .prefault('1h'),
    })
    .prefault({}),
  /** Password of the administrator `elastic`, used only when the store holds no user yet. */
  initialAdminPassword: newPassword.optional(),
  loginThrottle: z
    .strictObject({
      /** Failed logins of one name from one address before further ones are refused. */
      maxFailures: z.int().min(1).max(1000).default(10),
      /** How long they are refused, counted from the last failure. */
      window: durationMs.prefault('5m'),
    })
    .prefault({}),
  audit: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
});

/** Parsed `xpack.security.*`; durations are milliseconds. */
export type SecurityConfig = z.infer<typeof schema>;

/** Settings under `xpack.security`; none of them reaches the browser. */
export const config: PluginConfigDescriptor<SecurityConfig> = { schema };
