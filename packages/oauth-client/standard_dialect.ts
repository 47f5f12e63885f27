import { providerOfTokenHost } from '@latchkey/oauth-providers';
import { genericTokenEndpointRequest, revocationRequest } from 'oauth4webapi';
import {
  type AuthorizationRequest,
  isRefusedParam,
  namesReadFrom,
  type ResponseMode,
  refusedAuthorizationParams,
  scopeParameterOf,
} from './authorization_request.ts';
import type { AccountSource, KnownProvider, StandardClient } from './client.ts';
import { clientAuthentication } from './client_authentication.ts';
import type { FailureRule, GrantOperation } from './failures.ts';
import { hostOf, hostWithPort, OAuthError } from './oauth_error.ts';
import { libraryOptions, type ProtocolIo } from './protocol_io.ts';
import { containsTokenToRevoke, inFormatOf, sendDescribedRevocation } from './provider_request.ts';
import {
  type RevocationIo,
  type RevocationOutcome,
  requestRevocation,
  type TokenToRevoke,
} from './revocation.ts';
import { revokeByExchange } from './revocation_exchange.ts';
import { type CodeExchange, requestGrant } from './token_request.ts';
import { parseScopes, type TokenGrant, type TokenLayout } from './token_response.ts';

/** Providers that document `login_hint` for OAuth 2.0 without OpenID Connect. */
const LOGIN_HINT_DOMAINS = ['accounts.google.com', 'login.microsoftonline.com'];

/** Failures of a standard token endpoint whose responses name no error. */
export const STANDARD_FAILURES: readonly FailureRule[] = [
  {
    when: { status: [401, 401], errors: 'none' },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2 uses 401 for failed client authentication only',
  },
];

/** One client of a standard OAuth 2.0 server. Members: see `Dialect`. */
export class StandardDialect {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | undefined;
  readonly clientId: string;
  readonly accountSource: AccountSource;
  readonly registeredClient: StandardClient;
  readonly #client: StandardClient;

  constructor(client: StandardClient) {
    this.authorizationEndpoint = client.authorizationEndpoint;
    this.tokenEndpoint = client.tokenEndpoint;
    this.revocationEndpoint = client.revocationEndpoint;
    this.clientId = client.clientId;
    this.accountSource = client;
    this.registeredClient = client;
    this.#client = client;
  }

  get providerNames(): readonly string[] {
    const url = URL.parse(this.tokenEndpoint);
    return url === null ? [] : [url.host, url.hostname];
  }

  get identity(): readonly string[] {
    return [
      hostWithPort(this.authorizationEndpoint),
      hostWithPort(this.tokenEndpoint),
      this.clientId,
    ];
  }

  isProvider({ domains }: KnownProvider): boolean {
    const host = URL.parse(this.authorizationEndpoint)?.hostname ?? '';
    return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  }

  get displayName(): string {
    return hostWithPort(this.authorizationEndpoint);
  }

  get revocationEndsAllGrants(): boolean {
    const known =
      this.#describedRevocation ?? providerOfTokenHost(hostOf(this.tokenEndpoint))?.revocation;
    return known?.ends === 'all_grants';
  }

  /**
   * Revocation that the provider definition describes. `undefined` if the client has a different
   * revocation endpoint than the provider definition: an administrator may have entered one.
   */
  get #describedRevocation() {
    const described = this.#client.provider?.revocation;
    return described?.url === this.revocationEndpoint ? described : undefined;
  }

  /**
   * Builds the authorization URL (RFC 6749 §4.1.1 with RFC 7636 §4.3).
   * @throws OAuthError `invalid_request` when the configured URL is invalid or a parameter name is
   *   reserved
   */
  authorizationUrl(request: AuthorizationRequest): string {
    const url = this.#parseAuthorizationEndpoint();
    const scope = this.#scopeText();
    const scopeParamName = scopeParameterOf(this.#client);
    const providerParams = Object.entries(request.providerParams ?? {});
    const [refused] = [
      ...refusedAuthorizationParams(this.#client),
      ...providerParams
        .map(([name]) => name)
        .filter((name) => isRefusedParam(name, scopeParamName)),
    ];
    if (refused !== undefined) throw reservedParam(refused);
    for (const [name, value] of providerParams) {
      // The configured URL of an administrator is more specific than the provider definition.
      if (!url.searchParams.has(name)) url.searchParams.set(name, value);
    }
    url.searchParams.set('client_id', this.clientId);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('redirect_uri', request.redirectUri);
    url.searchParams.set('state', request.state);
    url.searchParams.set('code_challenge', request.codeChallenge);
    url.searchParams.set('code_challenge_method', 'S256');
    if (scope !== '') url.searchParams.set(scopeParamName, scope);
    const { loginHint } = request;
    const hasHint = url.searchParams.has('login_hint') || !this.#supportsLoginHint();
    if (loginHint !== undefined && !hasHint) url.searchParams.set('login_hint', loginHint);
    // RFC 6749 §3.1: the endpoint URI must not include a fragment.
    url.hash = '';
    return url.href;
  }

  /** Requested scopes as text. Empty: the provider has no scopes, or none are requested. */
  #scopeText(): string {
    const { scope = '', provider } = this.#client;
    const { isSupported = true, separator = ' ' } = provider?.authorize?.scope ?? {};
    if (!isSupported) return '';
    return separator === ' ' ? scope : (parseScopes(scope) ?? []).join(separator);
  }

  /**
   * Returns `true` if the provider supports `login_hint`. Google and Microsoft support it in every
   * request, other providers in requests of OpenID Connect.
   */
  #supportsLoginHint(): boolean {
    const isOpenId = (this.#client.scope ?? '').split(/[\s,]+/).includes('openid');
    return isOpenId || this.isProvider({ domains: LOGIN_HINT_DOMAINS });
  }

  #parseAuthorizationEndpoint(): URL {
    const url = URL.parse(this.authorizationEndpoint);
    if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
    throw new OAuthError(
      'invalid_request',
      'misconfigured',
      'The authorization URL of the connector is not a valid URL.',
    );
  }

  responseMode(
    providerParams: Readonly<Record<string, string>> | undefined,
  ): ResponseMode | undefined {
    const name = 'response_mode';
    const { searchParams } = URL.parse(this.authorizationEndpoint) ?? {};
    const isOtherSpelling = (one: string) => one !== name && namesReadFrom(one).includes(name);
    if (searchParams?.keys().some(isOtherSpelling)) return undefined;
    const configured = searchParams?.getAll(name) ?? [];
    const modes = configured.length > 0 ? configured : [providerParams?.[name] ?? 'query'];
    const [mode] = modes;
    if (modes.length > 1) return undefined;
    return mode === 'query' || mode === 'form_post' ? mode : undefined;
  }

  checkIssuer(iss: string | undefined): void {
    const { issuer, issuerRequiredInResponse } = this.#client;
    if (issuer === undefined) return;
    if (iss === undefined || iss === '') {
      if (issuerRequiredInResponse !== true) return;
      // RFC 9207 §2.4: clients MUST reject a response without iss from a server that supports it.
      throw new OAuthError(
        'issuer_missing',
        'misconfigured',
        'The authorization response does not name its issuer, although the metadata of the authorization server promises it.',
      );
    }
    // RFC 9207 §2.4: simple string comparison, no URL normalisation.
    if (iss !== issuer) {
      throw new OAuthError(
        'issuer_mismatch',
        'misconfigured',
        'The authorization response names a different issuer than the one in the configuration of the connector.',
      );
    }
  }

  /** Exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.5). */
  exchange({ code, codeVerifier, redirectUri }: CodeExchange, io: ProtocolIo): Promise<TokenGrant> {
    const fields = { code, redirect_uri: redirectUri, code_verifier: codeVerifier };
    return requestToken(this.#client, 'authorization_code', { fields, io });
  }

  /**
   * Refreshes the tokens (RFC 6749 §6). The request has no scope, which means "as granted": a scope
   * that was widened later would make every refresh fail with `invalid_scope`.
   */
  refresh(refreshToken: string, io: ProtocolIo): Promise<TokenGrant> {
    const fields = { refresh_token: refreshToken };
    return requestToken(this.#client, 'refresh_token', { fields, io });
  }

  /**
   * Revokes a token (RFC 7009 §2.1). Repeats the request with the other hint when the endpoint
   * rejects the first.
   */
  async revoke({ token, hint }: TokenToRevoke, io: RevocationIo): Promise<RevocationOutcome> {
    if (this.#describedRevocation?.tokens.includes(hint) === false)
      return hint === 'refresh_token' ? this.#revokeByAccessToken(token, io) : 'unsupported';
    const otherHint = hint === 'refresh_token' ? 'access_token' : 'refresh_token';
    const first = await this.#requestRevocation({ token, hint }, io);
    if (first !== 'wrong_hint') return first;
    const second = await this.#requestRevocation({ token, hint: otherHint }, io);
    return second === 'wrong_hint' ? 'unsupported' : second;
  }

  /**
   * Ends a grant at an endpoint that accepts access tokens only. The stored access token may have
   * expired, so the refresh token is exchanged for a new one.
   */
  async #revokeByAccessToken(refreshToken: string, io: RevocationIo): Promise<RevocationOutcome> {
    if (this.#describedRevocation?.ends === 'token') return 'unsupported';
    return revokeByExchange(refreshToken, io, {
      refresh: () => this.refresh(refreshToken, io),
      revoke: (accessToken) => this.revoke(accessToken, io),
    });
  }

  async #requestRevocation({ token, hint }: TokenToRevoke, io: RevocationIo) {
    const { revocationEndpoint } = this;
    if (revocationEndpoint === undefined) return 'unsupported';
    const providerFailures = this.#client.provider?.failures;
    const described = this.#describedRevocation;
    if (described?.request !== undefined) {
      const { request } = described;
      // The provider may respond with 200 to a request without the token, but would revoke nothing.
      if (!containsTokenToRevoke(request)) return 'unsupported';
      const endpoint = revocationEndpoint.replace('{client_id}', () =>
        encodeURIComponent(this.clientId),
      );
      const send = () =>
        sendDescribedRevocation(
          { endpoint, request },
          { token, hint },
          {
            client: this.#client,
            io,
          },
        );
      const isTokenCredential = request.authentication === 'token';
      const { alreadyInvalid } = described;
      return requestRevocation(
        { endpoint, send, isTokenCredential, alreadyInvalid, providerFailures },
        io,
      );
    }
    const send = () =>
      revocationRequest(
        { issuer: issuerOf(this.#client), revocation_endpoint: revocationEndpoint },
        { client_id: this.clientId },
        clientAuthentication(this.#client, io.now()),
        token,
        { ...libraryOptions(io), additionalParameters: { token_type_hint: hint } },
      );
    return requestRevocation({ endpoint: revocationEndpoint, send, providerFailures }, io);
  }
}

/**
 * Requests a token for the client itself, without a user (RFC 6749 §4.4).
 * @throws OAuthError, never of kind `reauthorize`
 */
export function requestClientCredentials(
  client: StandardClient,
  io: ProtocolIo,
): Promise<TokenGrant> {
  const { scope } = client;
  const fields = scope === undefined || scope === '' ? {} : { scope };
  return requestToken(client, 'client_credentials', { fields, io });
}

function requestToken(
  client: StandardClient,
  operation: GrantOperation,
  { fields, io }: { readonly fields: Readonly<Record<string, string>>; readonly io: ProtocolIo },
): Promise<TokenGrant> {
  const endpoint = operation === 'refresh_token' ? refreshEndpointOf(client) : client.tokenEndpoint;
  return requestGrant(
    {
      operation,
      endpoint,
      layout: layoutOf(client),
      providerFailures: client.provider?.failures,
      failureRules: STANDARD_FAILURES,
      send: () => sendTokenRequest(client, operation, { endpoint, fields, io }),
    },
    io,
  );
}

/**
 * URL for refresh requests. The provider definition may name a separate one, which is used only
 * with the token endpoint of the definition.
 */
function refreshEndpointOf({ tokenEndpoint, provider }: StandardClient): string {
  const { url, refreshUrl } = provider?.token ?? {};
  return refreshUrl !== undefined && url === tokenEndpoint ? refreshUrl : tokenEndpoint;
}

/**
 * Names and paths of the fields of a token response. Paths of the client override those of its
 * provider.
 */
function layoutOf(client: StandardClient): TokenLayout {
  const ofProvider = client.provider?.response;
  return {
    ...client,
    accessTokenPath: client.accessTokenPath ?? ofProvider?.accessTokenPath,
    tokenTypePath: client.tokenTypePath ?? ofProvider?.tokenTypePath,
    tokenType: client.tokenType ?? ofProvider?.tokenType,
    scopesPath: ofProvider?.scopesPath,
    scopeSeparator: client.provider?.authorize?.scope.separator,
    expiresAt: ofProvider?.expiresAt,
    grantFacts: client.provider?.grantFacts,
  };
}

/** Sends a token request in the format of the provider. @throws OAuthError */
async function sendTokenRequest(
  client: StandardClient,
  operation: GrantOperation,
  request: {
    readonly endpoint: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly io: ProtocolIo;
  },
): Promise<Response> {
  const { endpoint, fields, io } = request;
  const { token } = client.provider ?? {};
  const fixed = Object.entries(token?.fields ?? {}).map(([name, value]) => [name, String(value)]);
  // Additional fields come first, so that a connector cannot replace the fields of the grant.
  const parameters: Record<string, string> = {
    ...Object.fromEntries(fixed),
    ...client.additionalFields,
    ...fields,
  };
  delete parameters['client_secret'];
  try {
    return await genericTokenEndpointRequest(
      { issuer: issuerOf(client), token_endpoint: endpoint },
      { client_id: client.clientId },
      clientAuthentication(client, io.now()),
      operation,
      parameters,
      libraryOptions(inFormatOf(token, io)),
    );
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    // The message of the library is dropped: it may quote the configuration.
    throw new OAuthError(
      'invalid_request',
      'misconfigured',
      'The token request cannot be built: the token URL or the client id of the connector is not valid.',
    );
  }
}

/** The issuer that the library requires for every server. It is not sent. */
function issuerOf({ issuer, tokenEndpoint }: StandardClient): string {
  return issuer ?? tokenEndpoint;
}

function reservedParam(name: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The authorization URL parameter [${name}] is reserved: the configured URL and the provider settings may not set it, and it may contain the scope only if it is a scope parameter.`,
  );
}
