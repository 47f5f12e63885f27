import { durationMs, logAppender, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';
import { newPassword } from '../common/index.ts';

/** Zero would end a session, or a refusal, at once. */
const AT_LEAST_1_MS = { min: '1ms' } as const;
/** A longer delay would be a lock-out. */
const DELAY = { min: '1ms', max: '1h' } as const;

const schema = z.strictObject({
  session: z
    .strictObject({
      /** A session ends after this long without a request. */
      idleTimeout: durationMs(AT_LEAST_1_MS).prefault('8h'),
      /** A session ends this long after login, also while it is used. */
      lifespan: durationMs(AT_LEAST_1_MS).prefault('30d'),
      concurrentSessions: z
        .strictObject({
          /** Sessions of one user. A login beyond ends the one that was used least recently. */
          maxSessions: z.int().min(1).max(1000).default(100),
        })
        .prefault({}),
      /** Interval between removals of the documents of ended sessions. */
      cleanupInterval: durationMs({ min: '1s', max: '7d' }).prefault('1h'),
    })
    .prefault({}),
  /** Password of the administrator `elastic`, used only while the store has no user. */
  initialAdminPassword: newPassword.optional(),
  loginThrottle: z
    .strictObject({
      /** Failed logins of one name from one address before further ones are refused. */
      maxFailures: z.int().min(1).max(1000).default(10),
      /** Time for which further logins are refused, counted from the last failure. */
      window: durationMs(AT_LEAST_1_MS).prefault('5m'),
      /** Failed logins of one user from all addresses before unknown browsers must wait. */
      user: z
        .strictObject({
          maxFailures: z.int().min(1).max(100_000).default(30),
          /** Interval between two attempts once `maxFailures` is reached. */
          delay: durationMs(DELAY).prefault('30s'),
        })
        .prefault({}),
      /** Failed logins of all users from one network (IPv4 /24, IPv6 /56) before it must wait. */
      network: z
        .strictObject({
          maxFailures: z.int().min(1).max(100_000).default(100),
          /** Interval between two attempts once `maxFailures` is reached. */
          delay: durationMs(DELAY).prefault('3s'),
        })
        .prefault({}),
    })
    .prefault({}),
  apiKeys: z
    .strictObject({
      /** Maximum number of stored keys of one user, expired keys included. */
      maxPerUser: z.int().min(1).max(10_000).default(100),
      /** Lifetime of a key whose request names none. `never`: no expiry. */
      defaultExpiration: z.union([z.literal('never'), durationMs({ min: '1s' })]).prefault('365d'),
      /**
       * Maximum lifetime that a request may name. `never`: no limit. A longer `defaultExpiration`
       * is the limit instead.
       */
      maxExpiration: z.union([z.literal('never'), durationMs({ min: '1s' })]).prefault('1825d'),
    })
    .prefault({}),
  audit: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Separate destination, in Kibana's format. Absent: the log of the server. */
      appender: logAppender.optional(),
    })
    .prefault({}),
});

/** Parsed `xpack.security.*`; durations are in milliseconds. */
export type SecurityConfig = z.infer<typeof schema>;

const MS_PER_DAY = 86_400_000;

/** Settings under `xpack.security`. Browsers receive `securityBrowserSettings` of `common/`. */
export const config: PluginConfigDescriptor<SecurityConfig> = {
  schema,
  exposeToBrowser: {
    maxApiKeysPerUser: ({ apiKeys }) => apiKeys.maxPerUser,
    maxApiKeyDays: ({ apiKeys }) => maxDaysOf(apiKeys),
  },
};

/** Maximum lifetime of an API key in whole days. `undefined`: no limit. */
function maxDaysOf({
  defaultExpiration,
  maxExpiration,
}: SecurityConfig['apiKeys']): number | undefined {
  if (maxExpiration === 'never' || defaultExpiration === 'never') return undefined;
  // Forms count in whole days. The server refuses a day that is too long.
  return Math.max(1, Math.floor(Math.max(maxExpiration, defaultExpiration) / MS_PER_DAY));
}
