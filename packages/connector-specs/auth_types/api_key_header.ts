import { type ZodObject, z } from 'zod';
import { headerCredential, isApiKeyHeader } from '../http_headers/index.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { AuthTypeError, defineAuthType } from './auth_type.ts';

const ID = 'api_key_header';

/** Header if neither the spec nor the user names one. */
const DEFAULT_HEADER = 'Api-Key';

/** Field names that cannot be used as a header name, because they are the discriminator. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['authType']);

const headerName = () =>
  z
    .string()
    .trim()
    .min(1)
    .max(128)
    .refine((name) => isApiKeyHeader(name) && !OWN_FIELDS.has(name), {
      message: 'must be a header name that may contain a key',
    });

const apiKey = () =>
  setMeta(headerCredential(), { label: 'API key', sensitive: true, widget: 'password' });

const schema = z.strictObject({
  headerField: setMeta(headerName().default(DEFAULT_HEADER), { label: 'Header name' }),
  apiKey: apiKey(),
});

/**
 * Schema with one field named like the header (`{ 'X-API-Key': '…' }`). With the default
 * `chooseHeader: true` the user names the header: `{ headerField, apiKey }`.
 */
const normalizeSchema = (defaults: Readonly<Record<string, unknown>>): ZodObject => {
  if (defaults['chooseHeader'] === true) return schema;
  const name = headerName().safeParse(defaults['headerField'] ?? DEFAULT_HEADER);
  if (!name.success) {
    throw new AuthTypeError('malformed_secrets', ID, 'default [headerField] cannot contain a key');
  }
  return z.strictObject({ [name.data]: apiKey() });
};

/** Pairs of header name and key in secrets of either form. */
const headersOf = (secrets: Readonly<Record<string, unknown>>): [string, unknown][] => {
  const { authType: _, ...fields } = secrets;
  if (typeof fields['headerField'] === 'string' && 'apiKey' in fields) {
    return [[fields['headerField'], fields['apiKey']]];
  }
  return Object.entries(fields);
};

/** A fixed key for all users, in a header that the service defines. */
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

/**
 * Names of the headers that contain the key. `undefined`: the secrets belong to another auth type.
 */
export const apiKeyHeaderNames = (
  secrets: Readonly<Record<string, unknown>>,
): readonly string[] | undefined =>
  secrets['authType'] === ID ? headersOf(secrets).map(([name]) => name) : undefined;
