import { type ZodObject, z } from 'zod';
import { headerCredential, isApiKeyHeader } from '../http_headers/index.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { AuthTypeError } from './auth_type_error.ts';
import { defineAuthType } from './define_auth_type.ts';

const ID = 'api_key_header';

/** Header used when neither spec nor person names one. */
const DEFAULT_HEADER = 'Api-Key';

/** Names the normalised schema may not use: the discriminator, and the fields of the form where a person names the header. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['authType']);

const headerName = () =>
  z
    .string()
    .trim()
    .min(1)
    .max(128)
    .refine((name) => isApiKeyHeader(name) && !OWN_FIELDS.has(name), {
      message: 'must be a header name that may carry a key',
    });

const apiKey = () =>
  setMeta(headerCredential(), { label: 'API key', sensitive: true, widget: 'password' });

const schema = z.strictObject({
  headerField: setMeta(headerName().default(DEFAULT_HEADER), { label: 'Header name' }),
  apiKey: apiKey(),
});

/**
 * One property whose name is the header (`{ 'X-API-Key': '…' }`). With the default `chooseHeader: true` a person names the header:
 * `{ headerField, apiKey }`.
 */
const normalizeSchema = (defaults: Readonly<Record<string, unknown>>): ZodObject => {
  if (defaults['chooseHeader'] === true) return schema;
  const name = headerName().safeParse(defaults['headerField'] ?? DEFAULT_HEADER);
  if (!name.success) {
    throw new AuthTypeError('malformed_secrets', ID, 'default [headerField] cannot carry a key');
  }
  return z.strictObject({ [name.data]: apiKey() });
};

/** Header names and keys in the secrets, whichever of the two shapes they have. */
const headersOf = (secrets: Readonly<Record<string, unknown>>): [string, unknown][] => {
  const { authType: _, ...fields } = secrets;
  if (typeof fields['headerField'] === 'string' && 'apiKey' in fields) {
    return [[fields['headerField'], fields['apiKey']]];
  }
  return Object.entries(fields);
};

/** A fixed key in a header of the service's choosing, one for everybody. */
export const apiKeyHeaderAuthType = defineAuthType({
  id: ID,
  label: 'API key header',
  authMode: 'shared',
  sendsOwnSecrets: true,
  schema,
  normalizeSchema,
  async configure(_context, client, secrets) {
    for (const [name, value] of headersOf(secrets)) {
      const key = headerCredential().safeParse(value);
      if (!isApiKeyHeader(name) || !key.success) {
        throw new AuthTypeError('malformed_secrets', ID, 'a header name or key cannot be sent');
      }
      client.defaults.headers.common[name] = key.data;
    }
  },
});

/** Name of the header an `api_key_header` secret is sent in; `undefined`: the secrets are of another auth type. */
export const apiKeyHeaderNames = (
  secrets: Readonly<Record<string, unknown>>,
): readonly string[] | undefined =>
  secrets['authType'] === ID ? headersOf(secrets).map(([name]) => name) : undefined;
