import { dialectOf, refusedAuthorizationParams, type StandardClient } from '@latchkey/oauth-client';
import type { DecryptedConnector, EndpointRefusal } from '../../types.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import type { ProviderEntry } from './provider_facts.ts';

/** Users would end on a page that says that the link is incomplete, again and again. */
export function responseModeRefusal(
  { id }: DecryptedConnector,
  configuration: StandardClient,
  entry: ProviderEntry | undefined,
): EndpointRefusal | undefined {
  const mode = dialectOf(configuration).responseMode(entry?.oauth?.authorizationParams);
  if (mode !== undefined) return undefined;
  return {
    code: 'response_mode_refused',
    message: `The authorization URL of connector [${id}] asks for a response_mode that cannot be received here. Use form_post or query, once, or leave it out.`,
  };
}

/**
 * Users must see what they are asked for: what the authorization URL asks for is not on the page
 * that asks them.
 */
export function authorizationParamsRefusal(
  { id }: DecryptedConnector,
  configuration: StandardClient,
): EndpointRefusal | undefined {
  const names = refusedAuthorizationParams(configuration);
  if (names.length === 0) return undefined;
  return {
    code: 'authorization_params_refused',
    message: `The authorization URL or the scope parameter of connector [${id}] uses [${names.join(', ')}], which this server sets by itself or which can ask for permissions that users are not shown. Remove it from the URL, enter the permissions as scope, and if the provider calls that parameter differently (Slack: user_scope), its name as scopeParamName.`,
  };
}

/**
 * The value at the path is sent to the API as the access token, which must not be the refresh token
 * or the ID token. Values at the paths of the account are shown to users and written to the audit
 * log. What is in the configuration file is the operator's, not an editor's.
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

/** Whether a grant read by this path holds an access token. */
export function isAccessTokenPath(path: string | undefined): boolean {
  return path === undefined || ['access_token', 'accessToken'].includes(lastStepOf(path));
}

function lastStepOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
