import {
  type ConnectorSpec,
  configFieldIn,
  endpointConfigFields,
  enteredUrlProblem,
  factInHost,
  getMeta,
  getSchemaForAuthType,
  grantFactsInHeaders,
  hasGrantHost,
  providerDataOf,
  resolveConfigOrigin,
  resolveEnteredUrl,
} from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress/errors';
import {
  factsIn,
  type GrantFacts,
  grantFactIn,
  resolveGrantOrigin,
} from '@latchkey/oauth-providers';
import type { ZodObject, ZodType } from 'zod';
import { ConnectorTypeError } from './connector_type_error.ts';
import { formPath } from './form_issues.ts';

/**
 * Returns the names of the fields of a schema that are marked as URLs whose host must be allowed.
 */
export const flaggedUrlFields = (schema: ZodObject | undefined): string[] =>
  Object.entries((schema?.shape ?? {}) as Record<string, ZodType>)
    .filter(([, field]) => getMeta(field).validate?.allowedHosts === true)
    .map(([name]) => name);

/**
 * Returns the config fields with the address of the API: those that the spec lists, and those that
 * its schema marks as URLs.
 */
export function urlConfigFields(
  spec: Pick<ConnectorSpec, 'schema' | 'validateUrls'>,
): readonly string[] {
  const known = urlFieldsOfSpecs.get(spec);
  if (known !== undefined) return known;
  const listed = spec.validateUrls?.fields ?? [];
  const fields = [...new Set([...listed, ...flaggedUrlFields(spec.schema)])];
  urlFieldsOfSpecs.set(spec, fields);
  return fields;
}

/** Results of {@link urlConfigFields}, which each execution needs several times. */
const urlFieldsOfSpecs = new WeakMap<object, readonly string[]>();

/**
 * Builds a function that returns, for a validated config and the facts of a grant, the sorted
 * origins that may receive the connector's credentials. The function returns `undefined` if neither
 * spec nor config limits the origins.
 */
export const buildApiOrigins = (
  spec: Pick<ConnectorSpec, 'apiOrigins' | 'providerDataField' | 'schema' | 'validateUrls'>,
): ((config: Values, facts?: GrantFacts) => readonly string[] | undefined) => {
  const fields = urlConfigFields(spec);
  if (spec.apiOrigins === undefined && fields.length === 0) return () => undefined;
  return (config, facts = {}) => {
    const ofType = (spec.apiOrigins ?? []).flatMap((template) => {
      const origin = resolveConfigOrigin(template, config);
      return (origin && resolveGrantOrigin(origin, facts)) ?? [];
    });
    const configured = fields.flatMap((field) => {
      const url = enteredUrl(spec, { config, field, facts });
      const origin = url === undefined ? undefined : URL.parse(url)?.origin;
      // Each host needs one spelling, as requests are compared with it: `https://host.` becomes
      // `https://host`.
      return origin === undefined || origin === 'null'
        ? []
        : [origin.replace(/(?<!\.)\.+(?=:\d+$|$)/, '')];
    });
    return [...new Set([...ofType, ...configured])].sort();
  };
};

/**
 * Returns an entered URL with the values of its grant facts. `undefined`: the grant lacks a fact of
 * the host, or the provider data do not permit a fact of the host.
 */
function enteredUrl(
  spec: Pick<ConnectorSpec, 'providerDataField'>,
  {
    config,
    field,
    facts,
  }: { readonly config: Values; readonly field: string; readonly facts: GrantFacts },
): string | undefined {
  const url = String(config[field] ?? '');
  if (!hasGrantHost(url)) return url;
  const { grantFacts = [] } = providerDataOf(spec, config) ?? {};
  if (enteredUrlProblem(url, grantFacts) !== undefined) return undefined;
  const isKnown = factsIn(url).every((name) => Object.hasOwn(facts, name));
  return isKnown ? resolveEnteredUrl(url, facts) : undefined;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns the names of the grant facts that appear in origins of the API, and in URLs that an
 * administrator entered.
 */
export const grantFactsInOrigins = (
  spec: Pick<ConnectorSpec, 'apiOrigins' | 'providerDataField' | 'schema' | 'validateUrls'>,
  config: Values = {},
): readonly string[] => [
  ...(spec.apiOrigins ?? []).flatMap((origin) => grantFactIn(origin) ?? []),
  ...enteredUrls(spec, config).flatMap(factsIn),
];

/**
 * Returns the patterns of the hosts that grant facts may name in URLs that an administrator
 * entered.
 */
export function enteredGrantHosts(
  spec: Pick<ConnectorSpec, 'providerDataField' | 'schema' | 'validateUrls'>,
  config: Values,
): readonly string[] {
  const names = enteredUrls(spec, config).flatMap((url) => factInHost(url) ?? []);
  if (names.length === 0) return [];
  const { grantFacts = [] } = providerDataOf(spec, config) ?? {};
  return grantFacts.filter(({ name }) => names.includes(name)).flatMap(({ hosts = [] }) => hosts);
}

/**
 * Returns the definitions of the grant facts that requests contain, in the URL or in a header, if
 * an administrator has entered them. If a definition changes, requests contain another value of the
 * grant, so users must authorize again.
 */
export function usedGrantFacts(
  spec: Pick<ConnectorSpec, 'providerDataField' | 'schema' | 'validateUrls'>,
  config: Values,
): readonly string[] {
  const data = providerDataOf(spec, config);
  const names = [...enteredUrls(spec, config).flatMap(factsIn), ...grantFactsInHeaders(data)];
  return (data?.grantFacts ?? [])
    .filter(({ name }) => names.includes(name))
    .map(({ name, from, url = '', path, kind, hosts = [] }) =>
      JSON.stringify([name, from, url, path, kind, hosts]),
    )
    .sort();
}

/** Returns the entered URLs, if the connector has a field for facts of its provider. */
const enteredUrls = (
  spec: Pick<ConnectorSpec, 'providerDataField' | 'schema' | 'validateUrls'>,
  config: Values,
): readonly string[] =>
  spec.providerDataField === undefined
    ? []
    : urlConfigFields(spec).map((field) => String(config[field] ?? ''));

/**
 * URLs of an OAuth app that receive no stored credential. Users open `authorizationUrl` in their
 * browser. `userinfoUrl` receives access tokens, and other code checks their destination.
 */
const WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set(['authorizationUrl', 'userinfoUrl']);

/**
 * Returns the settings that decide which servers receive the credentials of a connector, by field.
 * These are URLs, and the fields that the spec lists as `trustFields`. The value of an absent
 * setting is an empty string.
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
  const facts = usedGrantFacts(spec, config);
  return new Map([
    ...(facts.length === 0 ? [] : [[`config.${spec.providerDataField}`, facts.join(' ')] as const]),
    ...ofConfig.map((field) => [`config.${field}`, spelled(config[field])] as const),
    ...ofSecrets.map((field) => [`secrets.${field}`, spelled(secrets[field])] as const),
  ]);
};

/**
 * Returns the config fields from which the token endpoint of a connector is derived. Empty: the
 * secrets contain the token endpoint, or the provider has a fixed one.
 */
const derivedFrom = (
  spec: Pick<ConnectorSpec, 'provider'>,
  { authType, tokenUrl }: Readonly<Record<string, unknown>>,
): readonly string[] =>
  tokenUrl === undefined || tokenUrl === '' ? endpointConfigFields(spec, authType) : [];

/** Returns the names of the secrets of an auth type that are URLs whose host must be allowed. */
export const urlSecretFields = (spec: ConnectorSpec, authType: unknown): readonly string[] => {
  if (spec.credentials !== undefined) return flaggedUrlFields(spec.credentials.secrets);
  const entry = (spec.auth?.types ?? []).find(
    (one) => (typeof one === 'string' ? one : one.type) === authType,
  );
  return entry === undefined ? [] : flaggedUrlFields(getSchemaForAuthType(entry).schema);
};

/**
 * Returns the normalized spelling of a URL, so that `https://HOST` equals `https://host/`. Trims
 * other text, and serializes other values.
 */
const spelled = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return URL.parse(text)?.href ?? text;
};

/**
 * Checks each given URL against the allow-list of the egress. Skips absent and empty URLs.
 * @throws ConnectorTypeError `url_not_allowed` with all refused fields; the message contains hosts,
 * never a path or query
 */
export const ensureUrlsAllowed = (request: {
  readonly connectorTypeId: string;
  readonly part: 'config' | 'secrets';
  readonly values: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
  /** `true`: a grant fact may decide the host of a URL. Each request checks such a host. */
  readonly mayHaveGrantHost?: boolean;
  readonly ensureUriAllowed: (uri: string) => void;
}): void => {
  const { part, values, fields, mayHaveGrantHost = false, ensureUriAllowed } = request;
  const refused = fields.flatMap((field) => {
    const value = values[field];
    if (value === undefined || value === null || value === '') return [];
    if (mayHaveGrantHost && hasGrantHost(String(value))) return [];
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
