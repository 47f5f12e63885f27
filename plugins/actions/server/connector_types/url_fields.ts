import {
  type ConnectorSpec,
  configFieldIn,
  endpointConfigFields,
  getMeta,
  getSchemaForAuthType,
  resolveConfigOrigin,
} from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress/errors';
import { type GrantFacts, grantFactIn, resolveGrantOrigin } from '@latchkey/oauth-providers';
import type { ZodObject, ZodType } from 'zod';
import { ConnectorTypeError } from './connector_type_error.ts';
import { formPath } from './form_issues.ts';

/** Names of the fields of an object schema whose host must be allowed. */
export const flaggedUrlFields = (schema: ZodObject | undefined): string[] =>
  Object.entries((schema?.shape ?? {}) as Record<string, ZodType>)
    .filter(([, field]) => getMeta(field).validate?.allowedHosts === true)
    .map(([name]) => name);

/** Config fields with the address of the API: the fields that the spec lists or flags. */
export const urlConfigFields = (spec: Pick<ConnectorSpec, 'schema' | 'validateUrls'>): string[] => [
  ...new Set([...(spec.validateUrls?.fields ?? []), ...flaggedUrlFields(spec.schema)]),
];

/**
 * Builds a function from a validated config and the facts of a grant to the sorted origins that may
 * receive the connector's credentials. `undefined`: neither spec nor config limits them.
 */
export const buildApiOrigins = (
  spec: Pick<ConnectorSpec, 'apiOrigins' | 'schema' | 'validateUrls'>,
): ((
  config: Readonly<Record<string, unknown>>,
  facts?: GrantFacts,
) => readonly string[] | undefined) => {
  const fields = urlConfigFields(spec);
  if (spec.apiOrigins === undefined && fields.length === 0) return () => undefined;
  return (config, facts = {}) => {
    const ofType = (spec.apiOrigins ?? []).flatMap((template) => {
      const origin = resolveConfigOrigin(template, config);
      return (origin && resolveGrantOrigin(origin, facts)) ?? [];
    });
    const configured = fields.flatMap((field) => {
      const origin = URL.parse(String(config[field] ?? ''))?.origin;
      // One spelling per host, as in the comparison of requests: `https://host.` becomes
      // `https://host`.
      return origin === undefined || origin === 'null'
        ? []
        : [origin.replace(/(?<!\.)\.+(?=:\d+$|$)/, '')];
    });
    return [...new Set([...ofType, ...configured])].sort();
  };
};

/** Names of the grant facts that decide origins of the API. */
export const grantFactsInOrigins = ({
  apiOrigins = [],
}: Pick<ConnectorSpec, 'apiOrigins'>): readonly string[] =>
  apiOrigins.flatMap((origin) => grantFactIn(origin) ?? []);

/**
 * URLs of an OAuth app that get no stored credential: users open the first in their browser, and
 * the second gets access tokens, which are checked elsewhere.
 */
const WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set(['authorizationUrl', 'userinfoUrl']);

/**
 * Settings that decide which servers get the credentials of a connector, by field: whole URLs, and
 * the settings that decide whom a connection trusts. An absent setting is an empty text.
 */
export const credentialDestinations = (
  spec: ConnectorSpec,
  { config, secrets }: Readonly<Record<'config' | 'secrets', Readonly<Record<string, unknown>>>>,
): ReadonlyMap<string, string> => {
  const ofConfig = [
    ...urlConfigFields(spec),
    ...(spec.credentials?.trustFields ?? []),
    ...(spec.apiOrigins ?? []).flatMap((origin) => configFieldIn(origin) ?? []),
    ...derivedFrom(spec, secrets),
  ];
  const ofSecrets = urlSecretFields(spec, secrets['authType']).filter(
    (field) => !WITHOUT_CREDENTIALS.has(field),
  );
  return new Map([
    ...ofConfig.map((field) => [`config.${field}`, spelled(config[field])] as const),
    ...ofSecrets.map((field) => [`secrets.${field}`, spelled(secrets[field])] as const),
  ]);
};

/**
 * Config fields that decide the token endpoint of a connector. Empty: the connector has its own
 * endpoint, or the provider has a fixed one.
 */
const derivedFrom = (
  spec: Pick<ConnectorSpec, 'provider'>,
  { authType, tokenUrl }: Readonly<Record<string, unknown>>,
): readonly string[] =>
  tokenUrl === undefined || tokenUrl === '' ? endpointConfigFields(spec, authType) : [];

/** Names of the secrets of an auth type that are URLs whose host must be allowed. */
export const urlSecretFields = (spec: ConnectorSpec, authType: unknown): readonly string[] => {
  if (spec.credentials !== undefined) return flaggedUrlFields(spec.credentials.secrets);
  const entry = (spec.auth?.types ?? []).find(
    (one) => (typeof one === 'string' ? one : one.type) === authType,
  );
  return entry === undefined ? [] : flaggedUrlFields(getSchemaForAuthType(entry).schema);
};

/** One spelling per URL, so that `https://HOST` equals `https://host/`. */
const spelled = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return URL.parse(text)?.href ?? text;
};

/**
 * Checks each given URL against the allow-list of the egress. Absent and empty URLs are skipped.
 * @throws ConnectorTypeError `url_not_allowed` with the fields; names hosts, never path or query
 */
export const ensureUrlsAllowed = (request: {
  readonly connectorTypeId: string;
  readonly part: 'config' | 'secrets';
  readonly values: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
  readonly ensureUriAllowed: (uri: string) => void;
}): void => {
  const { part, values, fields, ensureUriAllowed } = request;
  const refused = fields.flatMap((field) => {
    const value = values[field];
    if (value === undefined || value === null || value === '') return [];
    const cause = refusalOf(String(value), ensureUriAllowed);
    return cause === undefined ? [] : [{ field, cause }];
  });
  const [first] = refused;
  if (first === undefined) return;
  throw new ConnectorTypeError(
    'url_not_allowed',
    request.connectorTypeId,
    refused.map(({ field, cause }) => `[${field}]: ${cause.message}`).join('; '),
    {
      cause: first.cause,
      issues: refused.map(({ field, cause }) => ({
        path: formPath(part, [field]),
        code: cause.code,
        message: cause.message,
      })),
    },
  );
};

const refusalOf = (
  uri: string,
  ensureUriAllowed: (uri: string) => void,
): EgressError | undefined => {
  try {
    ensureUriAllowed(uri);
    return undefined;
  } catch (error) {
    if (error instanceof EgressError) return error;
    throw error;
  }
};
