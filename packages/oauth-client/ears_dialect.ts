import type { AuthorizationRequest, ResponseMode } from './authorization_request.ts';
import type { AccountSource, EarsClient, KnownProvider } from './client.ts';
import { type FailureRule, type GrantOperation, USER_GRANTS } from './failures.ts';
import { OAuthError } from './oauth_error.ts';
import { type ProtocolIo, sendRequest } from './protocol_io.ts';
import {
  type RevocationIo,
  type RevocationOutcome,
  requestRevocation,
  type TokenToRevoke,
} from './revocation.ts';
import { type CodeExchange, requestGrant } from './token_request.ts';
import type { TokenGrant } from './token_response.ts';

/** Failures of EARS whose responses name no error. */
export const EARS_FAILURES: readonly FailureRule[] = [
  {
    when: { operations: USER_GRANTS, status: [400, 400], errors: 'none' },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'an EARS request contains only the code or the token, so a 400 is about that',
  },
];

/**
 * One client of EARS, version 1 of its protocol: JSON requests without client id, secret, redirect
 * URI or grant type. Members: see `Dialect`.
 */
export class EarsDialect {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly clientId = undefined;
  readonly registeredClient = undefined;
  /** Token responses of EARS name no account. */
  readonly accountSource: AccountSource = {};
  readonly #refreshEndpoint: string;
  readonly #client: EarsClient;

  constructor(client: EarsClient) {
    const base = `${client.baseUrl.replace(/\/$/, '')}/v1/${client.provider}/oauth`;
    this.authorizationEndpoint = `${base}/authorize`;
    this.tokenEndpoint = `${base}/token`;
    this.revocationEndpoint = `${base}/revoke`;
    this.#refreshEndpoint = `${base}/refresh`;
    this.#client = client;
  }

  get providerNames(): readonly string[] {
    return [this.#client.provider];
  }

  get identity(): readonly string[] {
    return [this.#client.baseUrl, this.#client.provider];
  }

  isProvider({ earsProvider }: KnownProvider): boolean {
    return earsProvider === this.#client.provider;
  }

  get displayName(): string {
    const { provider } = this.#client;
    return `${provider.charAt(0).toUpperCase()}${provider.slice(1)}`;
  }

  get revocationEndsAllGrants(): boolean {
    return this.#client.provider === 'google';
  }

  authorizationUrl({ redirectUri, state, codeChallenge }: AuthorizationRequest): string {
    const url = URL.parse(this.authorizationEndpoint);
    if (url === null) {
      throw new OAuthError(
        'invalid_request',
        'misconfigured',
        'The setting [xpack.actions.auth.ears.url] is not a valid URL.',
      );
    }
    const { scope } = this.#client;
    url.searchParams.set('callback_uri', redirectUri);
    url.searchParams.set('state', state);
    if (scope !== undefined && scope !== '') url.searchParams.set('scope', scope);
    url.searchParams.set('pkce_challenge', codeChallenge);
    url.searchParams.set('pkce_method', 'S256');
    return url.href;
  }

  /** EARS receives the response of the provider and redirects to this server with a query. */
  responseMode(): ResponseMode {
    return 'query';
  }

  /** Checks nothing: EARS names no issuer. */
  checkIssuer(): void {}

  exchange({ code, codeVerifier }: CodeExchange, io: ProtocolIo): Promise<TokenGrant> {
    const body = { code, pkce_verifier: codeVerifier };
    return requestToken('authorization_code', this.tokenEndpoint, { body, io });
  }

  refresh(refreshToken: string, io: ProtocolIo): Promise<TokenGrant> {
    const body = { refresh_token: refreshToken };
    return requestToken('refresh_token', this.#refreshEndpoint, { body, io });
  }

  /**
   * Sends one request. EARS takes no hint, so a second request with the other hint would be
   * identical.
   */
  async revoke({ token }: TokenToRevoke, io: RevocationIo): Promise<RevocationOutcome> {
    const endpoint = this.revocationEndpoint;
    const send = () => postJson(endpoint, { token }, io);
    const verdict = await requestRevocation({ endpoint, send }, io);
    return verdict === 'wrong_hint' ? 'unsupported' : verdict;
  }
}

function requestToken(
  operation: GrantOperation,
  endpoint: string,
  { body, io }: { readonly body: Readonly<Record<string, string>>; readonly io: ProtocolIo },
): Promise<TokenGrant> {
  const send = () => postJson(endpoint, body, io);
  return requestGrant({ operation, endpoint, layout: {}, failureRules: EARS_FAILURES, send }, io);
}

function postJson(
  endpoint: string,
  body: Readonly<Record<string, string>>,
  io: ProtocolIo,
): Promise<Response> {
  return sendRequest(io, endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
