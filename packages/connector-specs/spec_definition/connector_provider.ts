import { configValueProblem, type ProviderEntry, providers } from '@latchkey/oauth-providers';
import { type ZodType, z } from 'zod';
import type {
  AccountRequest,
  AuthTypeDef,
  AuthTypeEntry,
  ConnectorSpec,
} from '../contract/types.ts';
import { setMeta } from '../ui_metadata/index.ts';

/**
 * The provider of a connector type. Its URLs may contain placeholders. `undefined`: the type has no
 * provider.
 */
export function providerOf({
  provider,
}: Pick<ConnectorSpec, 'provider'>): ProviderEntry | undefined {
  return typeof provider === 'string' ? providers[provider] : provider;
}

/**
 * The request that names the account: that of the connector type, else that of its provider.
 * `undefined`: neither has one.
 */
export function accountRequestOf(
  spec: Pick<ConnectorSpec, 'account' | 'provider'>,
): AccountRequest | undefined {
  if (spec.account !== undefined) return spec.account;
  const account = providerOf(spec)?.account;
  if (account?.from !== 'request') return undefined;
  const { url, json, idPath, labelPath } = account;
  return {
    url,
    idPath,
    ...(json === undefined ? {} : { json }),
    ...(labelPath === undefined ? {} : { labelPath }),
  };
}

/**
 * The auth type of a spec with settings, by its id. `undefined`: the spec does not have the auth
 * type, or has it without settings.
 */
export function authTypeEntryOf(
  { auth }: Pick<ConnectorSpec, 'auth'>,
  authType: string,
): AuthTypeDef | undefined {
  return auth?.types.find(
    (one): one is AuthTypeDef => typeof one !== 'string' && one.type === authType,
  );
}

/**
 * Replaces auth types of a spec.
 * @param map returns `undefined` for an auth type that stays unchanged
 */
export function mapAuthTypes(
  spec: ConnectorSpec,
  map: (type: AuthTypeDef) => AuthTypeDef | undefined,
): ConnectorSpec {
  if (spec.auth === undefined) return spec;
  const types = spec.auth.types.map(
    (type): AuthTypeEntry => map(typeof type === 'string' ? { type, defaults: {} } : type) ?? type,
  );
  return { ...spec, auth: { ...spec.auth, types } };
}

const AUTHORIZATION_CODE = 'oauth_authorization_code';

/**
 * Names of the endpoint fields of each auth type with an OAuth app. A provider definition with
 * config fields replaces them.
 */
const DERIVED_ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  [AUTHORIZATION_CODE]: ['authorizationUrl', 'tokenUrl'],
  oauth_client_credentials: ['tokenUrl'],
};

/**
 * Names of the config fields from which the endpoints of an auth type are derived, unless the
 * secrets contain endpoints. Empty: the endpoints do not depend on the config.
 */
export function endpointConfigFields(
  spec: Pick<ConnectorSpec, 'provider'>,
  authType: unknown,
): readonly string[] {
  const isDerived = Object.hasOwn(DERIVED_ENDPOINTS, String(authType));
  return isDerived ? Object.keys(providerOf(spec)?.config ?? {}) : [];
}

/** Metadata of fields that the form does not show, because the provider defines them. */
const hiddenFields = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { hidden: true }]));

/**
 * Hides the fields of endpoints that the provider defines. Fixed endpoints become defaults of the
 * fields of the authorization code. Endpoints that depend on the config of a connector become
 * optional, and the config gets the fields of the provider that the spec does not declare.
 */
export function withProviderEndpoints(spec: ConnectorSpec): ConnectorSpec {
  const entry = providerOf(spec);
  if (entry === undefined) return spec;
  const isDerived = Object.keys(entry.config).length > 0;
  const endpoints = isDerived
    ? {}
    : { authorizationUrl: entry.authorize.url, tokenUrl: entry.token.url };
  const hidden = mapAuthTypes(spec, ({ defaults, ...type }) => {
    const fields = DERIVED_ENDPOINTS[type.type];
    if (fields === undefined || !(isDerived || type.type === AUTHORIZATION_CODE)) return undefined;
    const meta = { ...hiddenFields(fields), ...type.overrides?.meta };
    return {
      ...type,
      defaults: { ...endpoints, ...defaults },
      ...(isDerived ? { optionalFields: fields } : {}),
      overrides: { ...type.overrides, meta },
    };
  });
  return withConfigFields(hidden, entry);
}

/** Adds the config fields of the provider, if an auth type derives its endpoints from them. */
function withConfigFields(spec: ConnectorSpec, entry: ProviderEntry): ConnectorSpec {
  const isUsed = (spec.auth?.types ?? []).some((type) =>
    Object.hasOwn(DERIVED_ENDPOINTS, typeof type === 'string' ? type : type.type),
  );
  const { shape = {} } = spec.schema ?? {};
  const missing = Object.entries(entry.config).filter(([name]) => !Object.hasOwn(shape, name));
  if (!isUsed || missing.length === 0) return spec;
  const fields = Object.fromEntries(missing.map(([name, field]) => [name, configField(field)]));
  return { ...spec, schema: z.strictObject({ ...fields, ...shape }) };
}

/** Maximum length of a host name (RFC 1035 §2.3.4). */
const MAX_CONFIG_LENGTH = 253;

function configField(field: ProviderEntry['config'][string]): ZodType {
  const text = z
    .string()
    .trim()
    .min(1)
    .max(MAX_CONFIG_LENGTH)
    .refine((value) => configValueProblem(field, value) === undefined, {
      error: ({ input }) => configValueProblem(field, input) ?? 'is invalid',
    });
  const { label, help } = field;
  const shown = setMeta(text, { label, ...(help === undefined ? {} : { helpText: help }) });
  return field.default === undefined ? shown : shown.default(field.default);
}
