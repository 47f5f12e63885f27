import { fingerprint } from '../faults/index.ts';
import { bearerOf, type Exchange, forwardableHeaders } from '../http/index.ts';
import { AuthorizePages } from './authorize.ts';
import { Drive } from './drive/index.ts';
import type { Gate } from './gate.ts';
import { apiError, invalidCredentials } from './google_responses.ts';
import { IdTokenSigner } from './id_token.ts';
import { scopesSuffice } from './scopes.ts';
import { TokenEndpoint } from './token_endpoint.ts';

/**
 * Paths of all the hosts a connector knows: accounts.google.com, oauth2.googleapis.com, openidconnect.googleapis.com and
 * www.googleapis.com share one origin here.
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

/** Name of an endpoint, as recorder and faults know it. */
export const googleEndpointOf = (path: string): string =>
  endpoints.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';

const notFound = (): Response =>
  apiError({ status: 404, reason: 'notFound', name: 'NOT_FOUND', message: 'Not found.' });

/** Answers every request of the Google stand-in. */
export function createGoogleRoutes(gate: Gate): (exchange: Exchange) => Promise<Response> {
  const pages = new AuthorizePages(gate);
  const signer = new IdTokenSigner({ issuer: () => gate.settings.issuer, now: gate.now });
  const tokens = new TokenEndpoint(gate, signer);
  const drive = new Drive(gate);
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
        return discovery(gate);
      case 'GET assets':
        return gate.emulator.call(exchange.url.pathname);
      default:
        return api(gate, drive, exchange);
    }
  };
}

async function api(gate: Gate, drive: Drive, exchange: Exchange): Promise<Response> {
  const { record, url } = exchange;
  if (!['drive', 'gmail', 'calendar', 'userinfo'].includes(record.endpoint)) return notFound();
  const token = bearerOf(exchange);
  if (token === undefined) return invalidCredentials();
  record.tokenHash = fingerprint(token);
  const access = gate.book.findAccessToken(token);
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
  if (record.endpoint === 'userinfo') return userinfo(gate, account);
  return gate.emulator.call(url.pathname + url.search, {
    method: exchange.method,
    headers: forwardableHeaders(exchange),
    body: new Uint8Array(exchange.body),
    account,
  });
}

async function userinfo(gate: Gate, account: string): Promise<Response> {
  const response = await gate.emulator.call('/oauth2/v2/userinfo', { account });
  const user = (await response.json()) as Record<string, unknown>;
  // v2 says `id`, v3 says `sub`; the emulator knows only the latter.
  return Response.json({ ...user, id: user['sub'], verified_email: user['email_verified'] });
}

function discovery(gate: Gate): Response {
  const { origin, settings } = gate;
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
