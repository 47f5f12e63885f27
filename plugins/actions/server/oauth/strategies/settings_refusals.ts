import { providerDataOf, providerOf } from '@latchkey/connector-specs';
import {
  containsTokenToRevoke,
  dialectOf,
  refusedAuthorizationParams,
  type StandardClient,
} from '@latchkey/oauth-client';
import type { GrantFact } from '@latchkey/oauth-providers';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { buildApiOrigins } from '../../connector_types/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import { isSameOrigin } from './same_site.ts';

/**
 * Refuses a response mode that the callback cannot receive. With such a mode, every authorization
 * would end with the error page for incomplete links. `undefined`: the mode is accepted.
 */
export function responseModeRefusal(
  { id }: DecryptedConnector,
  configuration: StandardClient,
  entry: OAuthConnectorType | undefined,
): EndpointRefusal | undefined {
  const { parameters } = (entry && providerOf(entry))?.authorize ?? {};
  const mode = dialectOf(configuration).responseMode(parameters);
  if (mode !== undefined) return undefined;
  return {
    code: 'response_mode_refused',
    message: `The authorization URL of connector [${id}] asks for a response_mode that cannot be received here. Use form_post or query, once, or leave it out.`,
  };
}

/**
 * Refuses a client assertion whose audience is a different server than that of the token URL (RFC
 * 7523 §3). `undefined`: the audience is accepted.
 */
export function audienceRefusal(
  { id }: DecryptedConnector,
  { tokenEndpoint, clientAssertion }: StandardClient,
): EndpointRefusal | undefined {
  const audience = clientAssertion?.audience;
  if (audience === undefined || isSameOrigin(audience, tokenEndpoint)) return undefined;
  return {
    code: 'endpoints_not_confirmed',
    message: `The assertion audience of connector [${id}] is not on the origin of its token URL.`,
    field: 'secrets.assertionAudience',
  };
}

/**
 * Refuses a refresh endpoint in the provider data that is on a different origin than the token URL,
 * because refresh tokens would be sent there. `undefined`: the endpoint is accepted.
 */
export function refreshUrlRefusal(
  { id, config }: DecryptedConnector,
  { tokenEndpoint }: StandardClient,
  entry: OAuthConnectorType | undefined,
): EndpointRefusal | undefined {
  const url = entry && providerDataOf(entry, config)?.token.refreshUrl;
  if (url === undefined || isSameOrigin(url, tokenEndpoint)) return undefined;
  return {
    code: 'endpoints_not_confirmed',
    message: `The refresh URL in the provider data of connector [${id}] is not on the origin of its token URL.`,
    ...dataField(entry),
  };
}

/**
 * Refuses a revocation request in the provider data that does not contain the token, because it
 * would revoke nothing. Checked only when a connector is saved: such a request is never sent.
 * `undefined`: the request is accepted.
 */
export function revocationRequestRefusal(
  { id, config }: DecryptedConnector,
  entry: OAuthConnectorType | undefined,
): EndpointRefusal | undefined {
  const { request } = (entry && providerDataOf(entry, config))?.revocation ?? {};
  if (request === undefined || containsTokenToRevoke(request)) return undefined;
  return {
    code: 'revocation_url_refused',
    message: `The revocation request in the provider data of connector [${id}] does not contain the token, so it would revoke nothing. Set "authentication": "token", or a body format with a field that has the value "{token}".`,
    ...dataField(entry),
  };
}

/** The form field with the provider data. */
function dataField(entry: OAuthConnectorType | undefined): Pick<EndpointRefusal, 'field'> {
  const name = entry?.providerDataField;
  return name === undefined ? {} : { field: `config.${name}` };
}

/**
 * Returns the grant facts that an administrator entered, without those whose request would send the
 * access token to a foreign origin. `undefined`: the connector has no provider data.
 */
export function enteredFacts(
  connector: Pick<DecryptedConnector, 'config'>,
  tokenUrl: string,
  entry: OAuthConnectorType | undefined,
): GrantFact[] | undefined {
  const { config } = connector;
  return (entry && providerDataOf(entry, config))?.grantFacts.filter(
    ({ url }) => url === undefined || receivesTokens(url, { tokenUrl, entry, config }),
  );
}

/**
 * Refuses a grant fact in the provider data that is requested from an origin which receives no
 * tokens: neither that of the token URL nor a fixed one of the API. `undefined`: all are accepted.
 */
export function factUrlRefusal(
  connector: DecryptedConnector,
  { tokenEndpoint }: StandardClient,
  entry: OAuthConnectorType | undefined,
): EndpointRefusal | undefined {
  const { id, config } = connector;
  const { grantFacts = [] } = (entry && providerDataOf(entry, config)) ?? {};
  const permitted = enteredFacts(connector, tokenEndpoint, entry) ?? [];
  const refused = grantFacts.find((fact) => !permitted.includes(fact));
  if (refused === undefined) return undefined;
  return {
    code: 'endpoints_not_confirmed',
    message: `The URL of the grant fact [${refused.name}] in the provider data of connector [${id}] is neither on the origin of its token URL nor on that of its API.`,
    ...dataField(entry),
  };
}

function receivesTokens(
  url: string,
  {
    tokenUrl,
    entry,
    config,
  }: {
    readonly tokenUrl: string;
    readonly entry: OAuthConnectorType;
    readonly config: DecryptedConnector['config'];
  },
): boolean {
  const origins = [tokenUrl, ...(buildApiOrigins(entry)(config) ?? [])];
  return origins.some((origin) => isSameOrigin(url, origin));
}

/**
 * Refuses parameters in the authorization URL that request permissions, because the confirmation
 * page would not show these to users. `undefined`: the parameters are accepted.
 */
export function authorizationParamsRefusal(
  { id }: DecryptedConnector,
  configuration: StandardClient,
): EndpointRefusal | undefined {
  const names = refusedAuthorizationParams(configuration);
  if (names.length === 0) return undefined;
  return {
    code: 'authorization_params_refused',
    message: `The authorization URL or the scope parameter of connector [${id}] uses [${names.join(', ')}], which this server sets itself, or which can request permissions that the confirmation page does not show. Remove it from the URL, enter the permissions as scope, and if the provider calls that parameter differently (Slack: user_scope), its name as scopeParamName.`,
  };
}

/**
 * Refuses paths that lead to a token in the token response. The value at the path of the access
 * token is sent to the API, so it must not be the refresh token or the ID token. Values at the
 * paths of the account are shown to users and written to the audit log. Paths of the configuration
 * file are not checked, because the file belongs to the operator. `undefined`: the paths are
 * accepted.
 */
export function responsePathRefusal(
  { id, isPreconfigured }: DecryptedConnector,
  settings: OAuthSettings,
): EndpointRefusal | undefined {
  if (isPreconfigured === true) return undefined;
  if (!isAccessTokenPath(settings.accessTokenPath))
    return {
      code: 'response_path_refused',
      message: `The path to the access token of connector [${id}] must end in access_token or accessToken (Slack: authed_user.access_token), so that no other token is sent to the API.`,
    };
  const { accountIdPath, accountLabelPath } = settings;
  const isOfToken = [accountIdPath, accountLabelPath].some(
    (path) => path !== undefined && /token$/i.test(lastStepOf(path)),
  );
  if (!isOfToken) return undefined;
  return {
    code: 'response_path_refused',
    message: `The paths to the account of connector [${id}] must not end in a token: accounts are shown and written to the audit log.`,
  };
}

/** Returns `true` if the last step of the path names an access token. */
export function isAccessTokenPath(path: string | undefined): boolean {
  return path === undefined || ['access_token', 'accessToken'].includes(lastStepOf(path));
}

function lastStepOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
