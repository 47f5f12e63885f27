import { durationMs, logAppender, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';
import { newPassword } from '../common/index.ts';

/** Minimum of durations. Zero would end a session, or the refusal of logins, immediately. */
const AT_LEAST_1_MS = { min: '1ms' } as const;
/** Bounds of delays. A longer delay would lock users out. */
const DELAY = { min: '1ms', max: '1h' } as const;

const schema = z.strictObject({
  session: z
    .strictObject({
      /** Time without a request after which a session ends. */
      idleTimeout: durationMs(AT_LEAST_1_MS).prefault('8h'),
      /** Time since the login after which a session ends, even if it is in use. */
      lifespan: durationMs(AT_LEAST_1_MS).prefault('30d'),
      concurrentSessions: z
        .strictObject({
          /**
           * Maximum number of sessions of one user. Above it, a login ends the least recently used
           * session.
           */
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
      /** Failed logins of one user from one address before further ones are refused. */
      maxFailures: z.int().min(1).max(1000).default(10),
      /** Time since the last failure for which further logins are refused. */
      window: durationMs(AT_LEAST_1_MS).prefault('5m'),
      /**
       * Failed logins of one user from all addresses before browsers without an earlier login must
       * wait.
       */
      user: z
        .strictObject({
          maxFailures: z.int().min(1).max(100_000).default(30),
          /** Interval between two attempts once `maxFailures` is reached. */
          delay: durationMs(DELAY).prefault('30s'),
        })
        .prefault({}),
      /**
       * Failed logins of all users from one network (IPv4 /24, IPv6 /56) before the network must
       * wait.
       */
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
       * Maximum lifetime that a request may name. `never`: no limit. If `defaultExpiration` is
       * longer, it is the maximum.
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
  // Forms count whole days. The server would refuse a lifetime that is even partly above its
  // maximum.
  return Math.max(1, Math.floor(Math.max(maxExpiration, defaultExpiration) / MS_PER_DAY));
}
