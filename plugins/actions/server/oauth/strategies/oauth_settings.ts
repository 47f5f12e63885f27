import { requestedScope } from '@latchkey/connector-specs';
import { parseScopes } from '@latchkey/oauth-client';
import { z } from 'zod';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';

/** Former names of settings, as in older connectors and in Kibana. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  scopeParamName: 'scopeQueryParam',
  tokenUrl: 'accessTokenUrl',
};

const text = z.string().trim().min(1).max(4096);
const url = z.url({ protocol: /^https?$/ }).max(4096);
const fields = z.record(z.string().max(200), z.string().max(4096));

/** Extra fields of the token request. Older connectors store them as JSON text. */
const additionalFields = z.union([
  fields,
  z
    .string()
    .max(16_384)
    .transform((json, context) => {
      try {
        return fields.parse(JSON.parse(json));
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a JSON object of strings' });
        return z.NEVER;
      }
    }),
]);

const SETTINGS = {
  authorizationUrl: url,
  tokenUrl: url,
  revocationUrl: url,
  issuer: url,
  userinfoUrl: url,
  accountIdPath: text,
  accountLabelPath: text,
  clientId: text,
  clientSecret: z.string().min(1).max(16_384),
  scope: text,
  scopeParamName: text,
  tokenEndpointAuthMethod: z.enum([
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ]),
  privateKey: z.string().min(1).max(16_384),
  certificate: z.string().min(1).max(16_384),
  keyId: text,
  signingAlgorithm: z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']),
  assertionAudience: text,
  assertionIssuer: text,
  assertionParameter: z.enum(['client_assertion', 'client_secret']),
  useBasicAuth: z.boolean(),
  accessTokenPath: text,
  tokenTypePath: text,
  tokenType: text,
  additionalFields,
  provider: z.enum(['google', 'microsoft', 'slack']),
} as const;

/** The OAuth settings of a connector. An absent, null or empty setting is `undefined`. */
export type OAuthSettings = {
  readonly [K in keyof typeof SETTINGS]?: z.infer<(typeof SETTINGS)[K]> | undefined;
};

const schema = z.object(SETTINGS).partial();
const SETTING_NAMES = Object.keys(SETTINGS);
/** Settings that are read only from the secrets, because users can see the config. */
const CREDENTIALS: ReadonlySet<string> = new Set(['clientSecret', 'privateKey']);

/**
 * Reads the OAuth settings of a connector from the secrets, and from the config if the secrets lack
 * them. Credentials are read only from the secrets.
 * @throws ConnectorConfigurationError `oauth_incomplete` with the names of invalid settings, never
 * their values
 */
export function readOAuthSettings(connector: DecryptedConnector): OAuthSettings {
  const parsed = schema.safeParse(collect(connector));
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  throw incomplete(connector, `has invalid OAuth settings: ${names.join(', ')}`);
}

/**
 * Returns the named settings, none of which is `undefined`.
 * @throws ConnectorConfigurationError `oauth_incomplete` with the names of missing settings
 */
export function requireSettings<K extends keyof OAuthSettings>(
  connector: DecryptedConnector,
  settings: OAuthSettings,
  names: readonly K[],
): { readonly [P in K]: NonNullable<OAuthSettings[P]> } {
  const missing = names.filter((name) => settings[name] === undefined);
  if (missing.length > 0) {
    throw incomplete(connector, `lacks OAuth settings: ${missing.join(', ')}`);
  }
  return settings as { readonly [P in K]: NonNullable<OAuthSettings[P]> };
}

/**
 * Returns the settings of a connector whose users authorize. The scope contains only scopes that
 * the enabled actions need.
 * @throws ConnectorConfigurationError as {@link readOAuthSettings}
 */
export function readUserSettings(
  connector: DecryptedConnector,
  type: Parameters<typeof requestedScope>[0] | undefined,
): OAuthSettings {
  const settings = readOAuthSettings(connector);
  if (type === undefined) return settings;
  const { authType, config } = connector;
  return { ...settings, scope: requestedScope(type, { authType, config, scope: settings.scope }) };
}

/**
 * Returns the scopes that a connector requests of its users, without duplicates.
 * @throws ConnectorConfigurationError as {@link readOAuthSettings}
 */
export function requestedScopes(...of: Parameters<typeof readUserSettings>): readonly string[] {
  return [...new Set(parseScopes(readUserSettings(...of).scope) ?? [])];
}

function collect({ secrets, config }: DecryptedConnector): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const value =
      valueIn(secrets, name) ?? (CREDENTIALS.has(name) ? undefined : valueIn(config, name));
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/**
 * Returns a setting by its name, or by its former name. `undefined`: the value is absent, null or
 * empty under both names.
 */
function valueIn(place: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = place[name];
  if (value != null && value !== '') return value;
  const oldName = OLDER_NAMES[name];
  const old = oldName === undefined ? undefined : place[oldName];
  return old != null && old !== '' ? old : undefined;
}

function incomplete(connector: DecryptedConnector, what: string): ConnectorConfigurationError {
  return new ConnectorConfigurationError(
    'oauth_incomplete',
    connector.id,
    `Connector [${connector.id}] ${what}.`,
  );
}
