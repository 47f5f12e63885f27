import { type ProviderEntry, providers } from '@latchkey/oauth-providers';
import type { AccountRequest, AuthTypeEntry, ConnectorSpec } from '../contract/types.ts';

/** The provider of a connector type. URLs may contain placeholders. `undefined`: none. */
export function providerOf({
  provider,
}: Pick<ConnectorSpec, 'provider'>): ProviderEntry | undefined {
  return typeof provider === 'string' ? providers[provider] : provider;
}

/** The request that names the account: of the connector type, else of its provider. */
export function accountRequestOf(
  spec: Pick<ConnectorSpec, 'account' | 'provider'>,
): AccountRequest | undefined {
  if (spec.account !== undefined) return spec.account;
  const account = providerOf(spec)?.account;
  if (account?.from !== 'request') return undefined;
  const { url, idPath, labelPath } = account;
  return { url, idPath, ...(labelPath === undefined ? {} : { labelPath }) };
}

/** Scopes that the actions of a spec need. Of alternatives, the first one. */
function scopesOf({ actions }: Pick<ConnectorSpec, 'actions'>): readonly string[] {
  const scopes = Object.values(actions).flatMap(({ oauthScopes = [] }) => oauthScopes);
  return [...new Set(scopes.map((scope) => (typeof scope === 'string' ? scope : scope[0])))];
}

/** Auth types whose users grant scopes. */
const SCOPED_AUTH_TYPES: ReadonlySet<string> = new Set(['oauth_authorization_code', 'ears']);

/**
 * Makes the scopes that the actions need the default scope of the authorization, unless the spec
 * states another default.
 */
export function withScopesOfActions(spec: ConnectorSpec): ConnectorSpec {
  const scopes = scopesOf(spec);
  if (spec.auth === undefined || scopes.length === 0) return spec;
  const types = spec.auth.types.map((type): AuthTypeEntry => {
    const { defaults, ...rest } = typeof type === 'string' ? { type, defaults: {} } : type;
    if (!SCOPED_AUTH_TYPES.has(rest.type)) return type;
    return { ...rest, defaults: { scope: scopes.join(' '), ...defaults } };
  });
  return { ...spec, auth: { ...spec.auth, types } };
}

/** Fields that the form does not show, because the provider defines them. */
const HIDDEN_ENDPOINTS = { authorizationUrl: { hidden: true }, tokenUrl: { hidden: true } };

/**
 * Adds the endpoints of the provider to the defaults of the authorization code and hides their
 * fields, unless they depend on the config of a connector.
 */
export function withProviderEndpoints(spec: ConnectorSpec): ConnectorSpec {
  const entry = providerOf(spec);
  if (entry === undefined || spec.auth === undefined || Object.keys(entry.config).length > 0)
    return spec;
  const endpoints = { authorizationUrl: entry.authorize.url, tokenUrl: entry.token.url };
  const types = spec.auth.types.map((type): AuthTypeEntry => {
    const { defaults, ...rest } = typeof type === 'string' ? { type, defaults: {} } : type;
    if (rest.type !== 'oauth_authorization_code') return type;
    const meta = { ...HIDDEN_ENDPOINTS, ...rest.overrides?.meta };
    return {
      ...rest,
      defaults: { ...endpoints, ...defaults },
      overrides: { ...rest.overrides, meta },
    };
  });
  return { ...spec, auth: { ...spec.auth, types } };
}
