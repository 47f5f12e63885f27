import { isRecord } from '@latchkey/oauth-providers';
import { z } from 'zod';
import { KIBANA_AUTH_TYPES } from '../../auth_types/index.ts';
import { isConnectionHeader, isHeaderName, isHeaderValue } from '../../http_headers/index.ts';
import { baseUrl, idempotencyHeader } from '../../http_request/index.ts';
import { setMeta, UISchemas, type UiMeta } from '../../ui_metadata/index.ts';

/**
 * Maximum number of headers of each kind. Servers refuse requests with more, and every result is
 * searched for each secret header.
 */
const MAX_HEADERS = 100;

/** Rule of {@link MAX_HEADERS}, for a record of headers. */
export const hasFewHeaders = [
  (headers: Readonly<Record<string, string>>): boolean =>
    Object.keys(headers).length <= MAX_HEADERS,
  { message: `has more than ${MAX_HEADERS} headers` },
] as const;

/** Optional text. Forms may send an empty string instead of leaving it out. */
const text = (max: number, meta: UiMeta) => setMeta(z.string().max(max), meta).nullish();

const headers = z
  .record(
    z
      .string()
      .max(128)
      .refine((name) => isHeaderName(name) && !isConnectionHeader(name), {
        message: 'is not a header that may be set',
      }),
    z
      .string()
      .max(8_192)
      .refine((value) => isHeaderValue(value), { message: 'must be printable ASCII' }),
  )
  .refine(...hasFewHeaders);

const isJsonObject = (value: string): boolean => {
  try {
    return isRecord(JSON.parse(value));
  } catch {
    return false;
  }
};

/**
 * Config in the form of Kibana. It has no defaults, so a later read returns exactly the sent
 * values. Tools such as Terraform compare both.
 */
export const httpConfig = z
  .strictObject({
    url: baseUrl(),
    headers: setMeta(headers, { label: 'Headers', widget: 'keyValue' }).nullish(),
    hasAuth: setMeta(z.boolean(), { label: 'Require authentication' }).optional(),
    authType: setMeta(z.enum(KIBANA_AUTH_TYPES), {
      label: 'Authentication',
      optionLabels: {
        'webhook-authentication-basic': 'Username and password',
        'webhook-authentication-ssl': 'Client certificate',
        'webhook-oauth2-client-credentials': 'OAuth 2.0 client credentials',
      },
    }).nullish(),
    certType: setMeta(z.enum(['ssl-crt-key', 'ssl-pfx']), {
      label: 'Certificate type',
      optionLabels: { 'ssl-crt-key': 'Certificate and private key', 'ssl-pfx': 'PFX file' },
      section: 'advanced',
    }).nullish(),
    ca: text(262_144, {
      label: 'Certificate authority',
      section: 'advanced',
      helpText: 'PEM, or PEM in base64. Replaces the authorities of the system.',
    }),
    verificationMode: setMeta(
      z.enum(['none', 'certificate', 'full']).refine((mode) => mode === 'full', {
        message:
          'TLS is always fully verified; an operator can set an exception for a host in xpack.actions.customHostSettings',
      }),
      // A form does not show a choice that has only one value.
      { label: 'Verification mode', hidden: true },
    ).nullish(),
    accessTokenUrl: UISchemas.url({
      label: 'Access token URL',
      validate: { allowedHosts: true },
    }).nullish(),
    idempotencyHeader: idempotencyHeader(),
    clientId: text(1_024, { label: 'Client ID' }),
    scope: text(4_096, { label: 'Scope' }),
    additionalFields: text(16_384, {
      label: 'Additional fields',
      section: 'advanced',
      helpText: 'A JSON object of strings, sent with every token request.',
      widget: 'json',
    }),
  })
  .superRefine((config, context) => {
    const reject = (field: string, message: string, params?: { readonly code: 'required' }) =>
      context.addIssue({ code: 'custom', path: [field], message, ...(params && { params }) });
    const required = { code: 'required' } as const;
    if (config.hasAuth === false && config.authType != null) {
      reject('authType', 'must be null or absent when [hasAuth] is false');
    }
    if (config.authType === 'webhook-oauth2-client-credentials') {
      if (!config.accessTokenUrl) reject('accessTokenUrl', 'is required for OAuth 2.0', required);
      if (!config.clientId) reject('clientId', 'is required for OAuth 2.0', required);
    }
    if (config.additionalFields && !isJsonObject(config.additionalFields)) {
      reject('additionalFields', 'must be a JSON object');
    }
  });
