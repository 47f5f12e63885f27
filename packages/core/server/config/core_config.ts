import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { type ElasticsearchConfig, elasticsearch } from './elasticsearch_config.ts';
import { logAppender } from './log_appender.ts';
import { byteSize, durationMs } from './value_types.ts';

const BASE_PATH = /^(\/[A-Za-z0-9._~-]+)+$/;
const levels = z.enum(['off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']);
const name = z.string().min(1).max(200);
const file = z.string().min(1).max(4096);

const basePath = z
  .union([
    z.literal(''),
    z
      .string()
      .max(500)
      .regex(BASE_PATH, 'expected a path like /latchkey, without a trailing slash'),
  ])
  .default('');

/** Schema of a URL that is checked part by part, so that the message can name the wrong part. */
const publicBaseUrl = z
  .string()
  .max(2000)
  .superRefine((text, context) => {
    const problem = publicBaseUrlProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .optional();

/** Schema of a host name as in a `Host` header, without port or brackets. */
const hostName = z
  .string()
  .max(253)
  .refine(
    (text) => isIP(text) !== 0 || /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(text),
    'expected a host name or an IP address, without a port',
  );

const requestId = z
  .strictObject({
    allowFromAnyIp: z.boolean().default(false),
    ipAllowlist: z
      .array(z.string().refine((text) => isIP(text) !== 0, 'expected an IP address'))
      .max(1000)
      .default([]),
  })
  .refine(({ allowFromAnyIp, ipAllowlist }) => !allowFromAnyIp || ipAllowlist.length === 0, {
    message: 'must be empty when server.requestId.allowFromAnyIp is true',
    path: ['ipAllowlist'],
  })
  .prefault({});

/** Value of the `Strict-Transport-Security` header (RFC 6797 §6.1). */
const STRICT_TRANSPORT_SECURITY = /^max-age=\d{1,10}(; ?includeSubDomains)?(; ?preload)?$/;

const securityResponseHeaders = z
  .strictObject({
    strictTransportSecurity: z
      .union([
        z.null(),
        z
          .string()
          .regex(
            STRICT_TRANSPORT_SECURITY,
            'expected max-age=SECONDS, then ; includeSubDomains or nothing',
          ),
      ])
      .default('max-age=31536000; includeSubDomains'),
  })
  .prefault({});

const tls = z
  .strictObject({
    enabled: z.boolean().default(false),
    certificate: file.optional(),
    key: file.optional(),
    // Kibana's other values require client certificates. A server that ignored them would admit
    // callers without one.
    clientAuthentication: z
      .literal('none', 'must be none: the server does not check client certificates')
      .default('none'),
  })
  .refine(
    ({ enabled, certificate, key }) => !enabled || (certificate !== undefined && key !== undefined),
    {
      message: 'server.ssl.enabled needs server.ssl.certificate and server.ssl.key',
    },
  )
  .prefault({});

const server = z
  .strictObject({
    host: z.string().min(1).max(255).default('localhost'),
    port: z.int().min(0).max(65_535).default(5601),
    name: name.prefault(hostname()),
    basePath,
    rewriteBasePath: z.boolean().default(false),
    publicBaseUrl,
    maxPayload: byteSize({ min: 1, max: '1gb' }).prefault('1mb'),
    shutdownTimeout: durationMs({ max: '10m' }).prefault('30s'),
    trustProxy: z
      .union([
        z.boolean(),
        z.int().min(1),
        z.string().max(1000),
        z.array(z.string().max(100)).max(50),
      ])
      .default(false),
    ssl: tls,
    trustedHostNames: z.array(hostName).max(100).default([]),
    requestId,
    maxConnections: z.int().min(1).max(1_000_000).default(10_000),
    securityResponseHeaders,
    dangerouslyAllowPlainHttp: z.boolean().default(false),
    dangerouslyAllowRemoteDevelopment: z.boolean().default(false),
    metrics: z.strictObject({ public: z.boolean().default(false) }).prefault({}),
  })
  .superRefine((value, context) => {
    if (value.rewriteBasePath && value.basePath === '') {
      context.addIssue({
        code: 'custom',
        path: ['rewriteBasePath'],
        message: 'needs server.basePath',
      });
    }
    const path = value.publicBaseUrl === undefined ? undefined : pathOf(value.publicBaseUrl);
    if (path !== undefined && path !== value.basePath) {
      context.addIssue({
        code: 'custom',
        path: ['publicBaseUrl'],
        message: `its path must equal server.basePath, which is '${value.basePath}'`,
      });
    }
  });

const appenderNames = z.array(name).max(20);

const logging = z
  .strictObject({
    root: z
      .strictObject({
        level: levels.default('info'),
        appenders: appenderNames.default(['default']),
      })
      .prefault({}),
    appenders: z.record(name, logAppender).default({}),
    loggers: z
      .array(
        z.strictObject({ name, level: levels.optional(), appenders: appenderNames.optional() }),
      )
      .max(200)
      .default([]),
  })
  .superRefine((value, context) => {
    const known = new Set(['default', ...Object.keys(value.appenders)]);
    const check = (names: readonly string[] | undefined, path: PropertyKey[]): void => {
      for (const unknown of names?.filter((one) => !known.has(one)) ?? []) {
        const message = `there is no appender named '${unknown}' under logging.appenders`;
        context.addIssue({ code: 'custom', path, message });
      }
    };
    check(value.root.appenders, ['root', 'appenders']);
    for (const [index, logger] of value.loggers.entries()) {
      check(logger.appenders, ['loggers', index, 'appenders']);
    }
  });

const path = z.strictObject({ data: file.default('data') });

const plugins = z.strictObject({
  /** Folders of plugins outside `plugins/`, relative to the root, each with a `kibana.jsonc`. */
  paths: z.array(file).max(100).default([]),
});

const uiSettings = z.strictObject({ overrides: z.record(z.string(), z.unknown()).default({}) });

/** The settings of core, by their first key. */
export const coreSchemas = { server, logging, path, plugins, uiSettings, elasticsearch };

/** Parsed `server.*`; durations are in milliseconds, sizes in bytes. */
export type ServerConfig = z.infer<typeof server>;
type LoggingConfig = z.infer<typeof logging>;
type PathConfig = z.infer<typeof path>;
type PluginsConfig = z.infer<typeof plugins>;
type UiSettingsConfig = z.infer<typeof uiSettings>;

/** The settings of core, parsed and frozen. */
export interface CoreConfig {
  readonly server: ServerConfig;
  readonly logging: LoggingConfig;
  readonly path: PathConfig;
  readonly plugins: PluginsConfig;
  readonly uiSettings: UiSettingsConfig;
  readonly elasticsearch: ElasticsearchConfig;
}

/**
 * Returns the address that browsers use. If it is not configured: the address of this machine in
 * development, `undefined` (unknown) in production.
 */
export function effectivePublicBaseUrl(
  config: ServerConfig,
  mode: 'development' | 'production',
): string | undefined {
  if (config.publicBaseUrl !== undefined || mode === 'production' || config.port === 0) {
    return config.publicBaseUrl;
  }
  const protocol = config.ssl.enabled ? 'https' : 'http';
  return `${protocol}://localhost:${config.port}${config.basePath}`;
}

function publicBaseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'expected a URL like https://latchkey.example.com';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return 'must begin with http:// or https://';
  if (text.endsWith('/')) return 'must not end with a slash';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or a fragment';
  if (url.username !== '' || url.password !== '') return 'must not have a user name or a password';
  return undefined;
}

/** Returns the path of a URL. `undefined`: the text is not a URL, which another check reports. */
function pathOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { pathname } = new URL(text);
  return pathname === '/' ? '' : pathname;
}
