import { providerDataOf, providerOf } from '@latchkey/connector-specs';
import { dialectOf, refusedAuthorizationParams, type StandardClient } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import { isSameOrigin } from './same_site.ts';

/**
 * Refuses a response mode that the callback cannot receive. Otherwise users would get the page for
 * an incomplete link after every authorization. `undefined`: it is accepted.
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
 * Refuses an assertion that another server than that of the token URL accepts (RFC 7523 §3).
 * `undefined`: it is accepted.
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
  };
}

/**
 * Refuses an entered refresh endpoint of another server: refresh tokens would be sent there.
 * `undefined`: it is accepted.
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
  };
}

/**
 * Refuses permissions in the authorization URL: the confirmation page would not show them to users.
 * `undefined`: the settings are accepted.
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
 * Checks the paths into the token response. The value at the access token path is sent to the API,
 * so it must not be the refresh token or the ID token. Values at the account paths are shown to
 * users and written to the audit log. The configuration file belongs to the operator, so its paths
 * are not checked. `undefined`: the settings are accepted.
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

/** Returns `true` if the path leads to an access token. */
export function isAccessTokenPath(path: string | undefined): boolean {
  return path === undefined || ['access_token', 'accessToken'].includes(lastStepOf(path));
}

function lastStepOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
