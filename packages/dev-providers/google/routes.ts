import { fingerprint } from '../faults/index.ts';
import { bearerOf, type Exchange, forwardableHeaders } from '../http/index.ts';
import { AuthorizePages } from './authorize.ts';
import { Drive } from './drive/index.ts';
import type { GoogleContext } from './google_context.ts';
import { apiError, invalidCredentials } from './google_responses.ts';
import { IdTokenSigner } from './id_token.ts';
import { scopesSuffice } from './scopes.ts';
import { TokenEndpoint } from './token_endpoint.ts';

/**
 * Paths of all Google hosts that connectors use: accounts.google.com, oauth2.googleapis.com,
 * openidconnect.googleapis.com and www.googleapis.com share one origin here.
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

/** Name of an endpoint, as used by the recorder and by faults. */
export const googleEndpointOf = (path: string): string =>
  endpoints.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';

const notFound = (): Response =>
  apiError({ status: 404, reason: 'notFound', name: 'NOT_FOUND', message: 'Not found.' });

/** Handles every request of the Google emulator. */
export function createGoogleRoutes(
  context: GoogleContext,
): (exchange: Exchange) => Promise<Response> {
  const pages = new AuthorizePages(context);
  const signer = new IdTokenSigner({ issuer: () => context.settings.issuer, now: context.now });
  const tokens = new TokenEndpoint(context, signer);
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
        return tokens.exchange(exchange);
      case 'POST revoke':
        return tokens.revoke(exchange);
      case 'GET tokeninfo':
      case 'POST tokeninfo':
        return tokens.tokenInfo(exchange);
      case 'GET certs':
        return Response.json(await signer.publicKeys());
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
  record.tokenHash = fingerprint(token);
  const access = context.grantStore.findAccessToken(token);
  if (access === undefined) return invalidCredentials();
  const { account, clientId, scopes } = access.grant;
  record.account = account;
  record.clientId = clientId;
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
  return context.emulator.call(url.pathname + url.search, {
    method: exchange.method,
    headers: forwardableHeaders(exchange),
    body: new Uint8Array(exchange.body),
    account,
  });
}

async function userinfo(context: GoogleContext, account: string): Promise<Response> {
  const response = await context.emulator.call('/oauth2/v2/userinfo', { account });
  const user = (await response.json()) as Record<string, unknown>;
  // v2 has `id`, v3 has `sub`; the library knows only the latter.
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
