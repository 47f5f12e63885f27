import { fingerprint } from '../faults/index.ts';
import { bearerOf, type Exchange, formOf, forwardableHeaders } from '../http/index.ts';
import type { OAuthReply } from '../oauth/index.ts';
import { AuthorizePages } from './authorize.ts';
import { Drive } from './drive/index.ts';
import type { GoogleContext } from './google_context.ts';
import type { GoogleOwner } from './google_grants.ts';
import { apiError, invalidCredentials, oauthResponse } from './google_responses.ts';
import { serveMissingRoute } from './missing_routes.ts';
import { scopesSuffice } from './scopes.ts';

/**
 * Names of the endpoints with their paths. All Google hosts that connectors use
 * (accounts.google.com, oauth2.googleapis.com, openidconnect.googleapis.com and www.googleapis.com)
 * share one origin here.
 */
const endpoints: readonly (readonly [string, RegExp])[] = [
  ['authorize', /^\/o\/oauth2\/(?:v2\/)?auth$/],
  ['choose_account', /^\/o\/oauth2\/v2\/auth\/callback$/],
  ['consent', /^\/o\/oauth2\/v2\/auth\/consent$/],
  ['token', /^\/(?:token|oauth2\/token|oauth2\/v[34]\/token|o\/oauth2\/token)$/],
  ['revoke', /^\/(?:revoke|oauth2\/revoke|o\/oauth2\/revoke)$/],
  ['tokeninfo', /^\/(?:tokeninfo|oauth2\/v[123]\/tokeninfo)$/],
  ['userinfo', /^\/(?:oauth2\/v[123]|v1)\/userinfo$/],
  ['certs', /^\/oauth2\/v3\/certs$/],
  ['discovery', /^\/\.well-known\/openid-configuration$/],
  ['drive', /^(?:\/upload)?\/drive\//],
  ['gmail', /^(?:\/upload)?\/gmail\//],
  ['calendar', /^\/calendar\//],
  ['assets', /^\/_emulate\//],
];

/** Returns the name of an endpoint, as the recorder and faults use it. */
export const googleEndpointOf = (path: string): string =>
  endpoints.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';

const notFound = (): Response =>
  apiError({ status: 404, reason: 'notFound', name: 'NOT_FOUND', message: 'Not found.' });

/** Handles every request of the Google emulator. */
export function createGoogleRoutes(
  context: GoogleContext,
): (exchange: Exchange) => Promise<Response> {
  const pages = new AuthorizePages(context);
  const drive = new Drive(context);
  return async (exchange) => {
    const { method } = exchange;
    switch (`${method} ${exchange.record.endpoint}`) {
      case 'GET authorize':
        return pages.start(exchange);
      case 'POST choose_account':
        return pages.chooseAccount(exchange);
      case 'POST consent':
        return pages.decide(exchange);
      case 'POST token':
        return responseOf(await context.server.serveToken(exchange));
      case 'POST revoke':
        return responseOf(context.server.serveRevocation(exchange));
      case 'GET tokeninfo':
      case 'POST tokeninfo':
        return tokenInfo(context, exchange);
      case 'GET certs':
        return Response.json(await context.signer.publicKeys());
      case 'GET discovery':
        return discovery(context);
      case 'GET assets':
        return context.emulator.call(exchange.url.pathname);
      default:
        return api(context, drive, exchange);
    }
  };
}

async function api(context: GoogleContext, drive: Drive, exchange: Exchange): Promise<Response> {
  const { record, url } = exchange;
  if (!['drive', 'gmail', 'calendar', 'userinfo'].includes(record.endpoint)) return notFound();
  const token = bearerOf(exchange);
  if (token === undefined) return invalidCredentials();
  const access = accessOf(context, exchange, token);
  if (access === undefined) return invalidCredentials();
  const { account, scopes } = access.grant;
  if (!scopesSuffice(url.pathname, scopes)) {
    return apiError({
      status: 403,
      reason: 'insufficientPermissions',
      name: 'PERMISSION_DENIED',
      message: 'Request had insufficient authentication scopes.',
    });
  }
  if (record.endpoint === 'drive') return drive.handle(exchange, account);
  if (record.endpoint === 'userinfo') return userinfo(context, account);
  const missing = await serveMissingRoute(context.emulator, exchange, account);
  if (missing !== undefined) return missing;
  return context.emulator.call(url.pathname + url.search, {
    method: exchange.method,
    headers: forwardableHeaders(exchange),
    body: new Uint8Array(exchange.body),
    account,
  });
}

const responseOf = ({ status, body }: OAuthReply<GoogleOwner>): Response =>
  oauthResponse(status, body);

/**
 * Returns the valid access token of a request, and records it. `undefined`: the token is invalid.
 */
function accessOf({ grants }: GoogleContext, { record }: Exchange, token: string) {
  record.tokenHash = fingerprint(token);
  const known = grants.find(token);
  if (known?.kind !== 'access' || !known.isValid) return undefined;
  record.account = known.grant.account;
  record.clientId = known.grant.clientId;
  return known;
}

/** Serves `GET` and `POST /tokeninfo`. */
function tokenInfo(context: GoogleContext, exchange: Exchange): Response {
  const token =
    exchange.url.searchParams.get('access_token') ?? formOf(exchange).get('access_token') ?? '';
  const access = accessOf(context, exchange, token);
  if (access === undefined) return oauthResponse(400, { error: 'invalid_token' });
  const { account, clientId, scopes } = access.grant;
  const leftMs = access.expiresAtMs - context.now().getTime();
  return oauthResponse(200, {
    azp: clientId,
    aud: clientId,
    scope: scopes.join(' '),
    exp: String(Math.floor(access.expiresAtMs / 1000)),
    expires_in: String(Math.floor(leftMs / 1000)),
    ...(scopes.includes('email') || scopes.includes('openid')
      ? { email: account, email_verified: 'true' }
      : {}),
  });
}

async function userinfo(context: GoogleContext, account: string): Promise<Response> {
  const response = await context.emulator.call('/oauth2/v2/userinfo', { account });
  const user = (await response.json()) as Record<string, unknown>;
  // Version 2 has `id`, version 3 has `sub`; the library knows only `sub`.
  return Response.json({ ...user, id: user['sub'], verified_email: user['email_verified'] });
}

function discovery(context: GoogleContext): Response {
  const { origin, settings } = context;
  return Response.json({
    issuer: settings.issuer,
    authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
    token_endpoint: `${origin}/token`,
    revocation_endpoint: `${origin}/revoke`,
    userinfo_endpoint: `${origin}/v1/userinfo`,
    jwks_uri: `${origin}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  });
}
