import { byteSize, durationMs, type PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const verificationMode = z.enum(['none', 'certificate', 'full']);
const hostName = z.string().min(1).max(253);
const RESERVED_IDS = new Set(['', '__proto__', 'constructor', 'prototype']);

const preconfigured = z
  .record(
    z.string().max(36),
    z.strictObject({
      name: z.string().min(1).max(1000),
      actionTypeId: z.string().min(1).max(64),
      config: z.record(z.string(), z.unknown()).default({}),
      secrets: z.record(z.string(), z.unknown()).default({}),
      /** `true`: all users who may see the connector see its config. */
      exposeConfig: z.boolean().default(false),
    }),
  )
  .refine(
    (entries) => Object.keys(entries).every((id) => !RESERVED_IDS.has(id)),
    'a connector id is reserved',
  )
  .default({});

/** An origin: scheme, host and port, spelled as browsers do (`https://host`, no path). */
const webOrigin = z
  .string()
  .max(300)
  .refine(
    (text) => /^https?:/.test(text) && URL.parse(text)?.origin === text,
    'must be an origin, for example https://login.example.com',
  );

const rateLimit = z.strictObject({
  /** Maximum number of attempts of one user within `lookbackWindow`. */
  limit: z.number().int().min(1).max(5000).default(100),
  lookbackWindow: durationMs({ min: '1s', max: '1d' }).prefault('1h'),
});

const ears = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).optional(),
    enabled: z.boolean().default(true),
    ssl: z
      .strictObject({
        verificationMode: verificationMode.optional(),
        certificate: z.string().min(1).optional(),
        key: z.string().min(1).optional(),
      })
      .refine(
        ({ certificate, key }) => (certificate === undefined) === (key === undefined),
        'certificate and key must be given together',
      )
      .optional(),
  })
  .optional();

const auth = z
  .strictObject({
    oauth_authorization_code: z
      .strictObject({
        /**
         * `per_provider` adds a short hash of the provider's token endpoint to the path of the
         * redirect URI, so that a code of one provider can never be sent to another.
         */
        redirectUri: z.enum(['per_provider', 'shared']).default('per_provider'),
        /**
         * Origins of token URLs whose providers may omit the issuer in their authorization
         * responses. Used only if `redirectUri` is `shared`.
         */
        sharedRedirectUriOrigins: z.array(webOrigin).max(100).default([]),
        /**
         * Origins to which tokens may be sent for revocation, in addition to the origin of the
         * token URL.
         */
        trustedRevocationOrigins: z.array(webOrigin).max(100).default([]),
        rate_limits: z
          .strictObject({ authorize: rateLimit.prefault({}), callback: rateLimit.prefault({}) })
          .prefault({}),
      })
      .prefault({}),
    ears,
  })
  .prefault({});

const schema = z.strictObject({
  /**
   * Hosts that connectors may reach. `*` allows any public host. A host listed by name may also
   * have a private address.
   */
  allowedHosts: z
    .array(z.union([z.literal('*'), hostName]))
    .max(1000)
    .default(['*']),
  enabledActionTypes: z.array(z.string().min(1).max(64)).max(1000).default(['*']),
  preconfigured,
  proxyUrl: z.url({ protocol: /^https?$/ }).optional(),
  proxyHeaders: z.record(z.string(), z.string()).optional(),
  proxyBypassHosts: z.array(hostName).optional(),
  proxyOnlyHosts: z.array(hostName).optional(),
  ssl: z
    .strictObject({
      verificationMode: verificationMode.default('full'),
      proxyVerificationMode: verificationMode.default('full'),
    })
    .prefault({}),
  /** Maximum bytes of one response of a service. */
  maxResponseContentLength: byteSize({ min: 1 }).prefault('1mb'),
  /** Maximum time for one request to a service. */
  responseTimeout: durationMs({ min: '100ms', max: '7d' }).prefault('60s'),
  /** Maximum number of stored connectors of one space. */
  maxConnectorsPerSpace: z.int().min(1).max(100_000).default(2_000),
  /**
   * Maximum number of simultaneous executions of one user in one process. The steps of the user's
   * workflows may use the same number again. Further executions wait.
   */
  maxConcurrentExecutionsPerUser: z.int().min(1).max(1_000).default(50),
  /** Maximum size of the parameters of one execution, in bytes. */
  maxPayloadSize: byteSize({ min: 1 }).prefault('1mb'),
  customHostSettings: z
    .array(
      z.strictObject({
        url: z.url(),
        ssl: z
          .strictObject({
            verificationMode: verificationMode.optional(),
            certificateAuthoritiesFiles: z
              .union([
                z
                  .string()
                  .min(1)
                  .transform((file) => [file]),
                z.array(z.string().min(1)),
              ])
              .optional(),
            certificateAuthoritiesData: z.string().min(1).optional(),
          })
          .optional(),
      }),
    )
    .max(1000)
    .default([]),
  auth,
  oauth: z
    .strictObject({
      /** Grants that were not used for this long are ended and revoked. */
      staleTokenAge: durationMs({ min: '1d' }).prefault('90d'),
    })
    .prefault({}),
  dev: z
    .strictObject({
      /**
       * Development only: replaces the origin of a real service by the origin of a fake service.
       */
      hostOverrides: z.record(z.url(), z.url()).default({}),
    })
    .prefault({}),
});

/** Settings under `xpack.actions`. Durations are in milliseconds, sizes in bytes. */
export type ActionsConfig = z.infer<typeof schema>;

/** Returns `true` if connectors may use EARS, the redirect service that owns OAuth apps. */
export const isEarsAvailable = ({
  auth: { ears },
}: {
  readonly auth: Pick<ActionsConfig['auth'], 'ears'>;
}): boolean => ears?.enabled === true && ears.url !== undefined;

/** Configuration of the plugin. Browsers receive only `actionsBrowserSettings` of `common/`. */
export const config: PluginConfigDescriptor<ActionsConfig> = {
  schema,
  exposeToBrowser: { isEarsAvailable },
  deprecations: [
    { from: 'xpack.actions.ears.url', to: 'xpack.actions.auth.ears.url' },
    { from: 'xpack.actions.ears.enabled', to: 'xpack.actions.auth.ears.enabled' },
  ],
};
