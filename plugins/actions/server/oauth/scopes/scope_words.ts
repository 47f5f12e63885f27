import {
  type AuthTypeDef,
  type AuthTypeEntry,
  type ConnectorSpec,
  EARS_PROVIDERS,
  providerOf,
  requestedScope,
} from '@latchkey/connector-specs';
import { type Language, type LocalizedText, localize } from '@latchkey/core/common';
import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import { KNOWN_SCOPES, type KnownScopes, STANDARD_SCOPES } from './known_scopes.ts';

/** A scope of a client or of a grant. */
export interface DescribedScope {
  /** The technical name of the scope. */
  readonly scope: string;
  /** Sentence that explains the scope. `undefined`: none is known. */
  readonly words: LocalizedText | undefined;
}

/**
 * Returns the requested scopes of a client with their descriptions, in order and without
 * duplicates. Empty: the provider decides which scopes it grants.
 */
export function describeScopes(configuration: OAuthClientConfiguration): readonly DescribedScope[] {
  const scopes = (configuration.scope ?? '').split(/[\s,]+/).filter((one) => one !== '');
  return scopeDescriber(configuration)(scopes);
}

/**
 * Creates a function that describes scopes of the provider of a client, in order and without
 * duplicates.
 */
export function scopeDescriber(
  configuration: OAuthClientConfiguration,
): (scopes: readonly string[]) => readonly DescribedScope[] {
  const words = { ...STANDARD_SCOPES, ...descriptionsOfProvider(configuration) };
  return (scopes) =>
    [...new Set(scopes)].map((scope) => ({
      scope,
      words: Object.hasOwn(words, scope) ? words[scope] : undefined,
    }));
}

/** Maps scopes to the format of the REST API. `text` is absent if a scope has no description. */
export function toScopeTextBodies(
  scopes: readonly DescribedScope[],
  language: Language,
): { scope: string; text?: string }[] {
  return scopes.map(({ scope, words }) => ({
    scope,
    ...(words === undefined ? {} : { text: localize(words, language) }),
  }));
}

/**
 * Returns the descriptions of all known scopes of a connector type's default provider, by scope. A
 * type without a default provider has only the scopes that mean the same at every provider. Empty:
 * no auth type of the connector type has scopes.
 */
export function scopeLabels(
  spec: Pick<ConnectorSpec, 'auth' | 'provider'>,
  language: Language,
): Readonly<Record<string, string>> {
  const oauth = (spec.auth?.types ?? []).flatMap((entry) => configurationOf(entry, spec) ?? []);
  if (oauth.length === 0) return {};
  const words: Readonly<Record<string, LocalizedText>> = Object.assign(
    {},
    STANDARD_SCOPES,
    ...oauth.map(descriptionsOfProvider),
  );
  return Object.fromEntries(
    Object.entries(words).map(([scope, text]) => [scope, localize(text, language)]),
  );
}

/**
 * Returns the scopes that a connector with the values of a form would request, with their
 * descriptions. The values may be invalid. Empty: no scopes would be requested.
 * @param form.secrets secrets of the form, including the defaults of the auth type
 */
export function scopesOfForm(
  spec: ConnectorSpec,
  form: { readonly config: FormValues; readonly secrets: FormValues; readonly authType: string },
): readonly DescribedScope[] {
  const { authType, config, secrets } = form;
  const client = configurationOf({ type: authType, defaults: secrets }, spec);
  const entered = secrets['scope'];
  if (client === undefined || typeof entered !== 'string') return [];
  const scope = requestedScope(spec, { authType, config, scope: entered.trim() || undefined });
  return describeScopes({ ...client, scope });
}

type FormValues = Readonly<Record<string, unknown>>;

/**
 * Returns the part of a client that identifies its provider. `undefined`: the auth type has no
 * scopes.
 */
function configurationOf(
  entry: AuthTypeEntry,
  spec: Pick<ConnectorSpec, 'provider'>,
): OAuthClientConfiguration | undefined {
  const { type, defaults } =
    typeof entry === 'string' ? { type: entry, defaults: {} as AuthTypeDef['defaults'] } : entry;
  if (type === 'ears') {
    const provider = EARS_PROVIDERS.find((known) => known === defaults['provider']);
    return provider === undefined ? undefined : { dialect: 'ears', baseUrl: '', provider };
  }
  if (!type.startsWith('oauth_')) return undefined;
  const provider = providerOf(spec);
  return {
    dialect: 'standard',
    // A placeholder in the URL does not matter, because it is not in the part of the host that
    // identifies the provider.
    authorizationEndpoint: String(defaults['authorizationUrl'] ?? provider?.authorize.url ?? ''),
    tokenEndpoint: String(defaults['tokenUrl'] ?? provider?.token.url ?? ''),
    clientId: '',
    tokenEndpointAuthMethod: 'none',
  };
}

function descriptionsOfProvider(
  configuration: OAuthClientConfiguration,
): KnownScopes['scopes'] | undefined {
  const dialect = dialectOf(configuration);
  return KNOWN_SCOPES.find((known) => dialect.isProvider(known))?.scopes;
}
