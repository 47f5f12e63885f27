import { z } from 'zod';
import { KIBANA_AUTH_TYPES } from '../../auth_types/index.ts';
import { isConnectionHeader, isHeaderName, isHeaderValue } from '../../http_headers/index.ts';
import { baseUrl } from '../../http_request/index.ts';
import { setMeta, UISchemas, type UiMeta } from '../../ui_metadata/index.ts';

const MAX_HEADERS = 100;

/** Text that a form may send empty. */
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
  .refine((all) => Object.keys(all).length <= MAX_HEADERS, {
    message: `has more than ${MAX_HEADERS} headers`,
  });

const isJsonObject = (value: string): boolean => {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
};

/**
 * Config as Kibana's clients send it. No defaults are filled in: a later read returns what was
 * sent, so that tools that compare the two (Terraform) see no change.
 */
export const httpConfig = z
  .strictObject({
    url: baseUrl(),
    headers: setMeta(headers, { label: 'Headers', widget: 'keyValue' }).nullish(),
    hasAuth: setMeta(z.boolean(), { label: 'Require authentication' }).optional(),
    authType: setMeta(z.enum(KIBANA_AUTH_TYPES), { label: 'Authentication' }).nullish(),
    certType: setMeta(z.enum(['ssl-crt-key', 'ssl-pfx']), { label: 'Certificate type' }).nullish(),
    ca: text(262_144, {
      label: 'Certificate authority',
      helpText: 'PEM, or PEM in base64. Trusted instead of the authorities of the system.',
    }),
    verificationMode: z
      .enum(['none', 'certificate', 'full'])
      .refine((mode) => mode === 'full', {
        message:
          'TLS is always verified in full; an operator can make an exception for a host in xpack.actions.customHostSettings',
      })
      .nullish(),
    accessTokenUrl: UISchemas.url({
      label: 'Access token URL',
      validate: { allowedHosts: true },
    }).nullish(),
    clientId: text(1_024, { label: 'Client ID' }),
    scope: text(4_096, { label: 'Scope' }),
    additionalFields: text(16_384, {
      label: 'Additional fields',
      helpText: 'A JSON object of strings, sent with every token request.',
      widget: 'json',
    }),
  })
  .superRefine((config, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (config.hasAuth === false && config.authType != null) {
      refuse('authType', 'must be null or absent when [hasAuth] is false');
    }
    if (config.authType === 'webhook-oauth2-client-credentials') {
      if (!config.accessTokenUrl) refuse('accessTokenUrl', 'is required for OAuth 2.0');
      if (!config.clientId) refuse('clientId', 'is required for OAuth 2.0');
    }
    if (config.additionalFields && !isJsonObject(config.additionalFields)) {
      refuse('additionalFields', 'must be a JSON object');
    }
  });
