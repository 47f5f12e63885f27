import type { AuthorizationRequest, ResponseMode } from './authorization_request.ts';
import type {
  AccountSource,
  KnownProvider,
  OAuthClientConfiguration,
  StandardClient,
} from './client.ts';
import { EarsDialect } from './ears_dialect.ts';
import type { ProtocolIo } from './protocol_io.ts';
import type { RevocationIo, RevocationOutcome, TokenToRevoke } from './revocation.ts';
import { StandardDialect } from './standard_dialect.ts';
import type { CodeExchange } from './token_request.ts';
import type { TokenGrant } from './token_response.ts';

/** One client in the dialect of its authorization server: its identity and its requests. */
export interface Dialect {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** URL that revokes tokens. `undefined`: the provider cannot revoke tokens. */
  readonly revocationEndpoint: string | undefined;
  /** Id of the client. `undefined`: EARS owns the client. */
  readonly clientId: string | undefined;
  /** The client that an administrator registered. `undefined`: EARS owns the client. */
  readonly registeredClient: StandardClient | undefined;
  /**
   * Values that identify the client and the receivers of its tokens, without the revocation
   * endpoint. Hosts are without the scheme and with the port. Stored grants depend on a hash of
   * these values, so they must never change.
   */
  readonly identity: readonly string[];
  /** Names that an administrator may use for the provider, e.g. to revoke its grants. */
  readonly providerNames: readonly string[];
  /**
   * Provider as displayed to users: host of its authorization endpoint, or name of the provider
   * behind EARS.
   */
  readonly displayName: string;
  /** Source of the account of a grant. Empty: only an ID token can name it. */
  readonly accountSource: AccountSource;
  /**
   * `true`: revoking one token ends all grants of the account for the client. RFC 7009 §2.1 names
   * only the token and its grant, so this is `false` unless the provider is known to end all.
   */
  readonly revocationEndsAllGrants: boolean;

  /**
   * Returns `true` if this is the provider with the EARS name of `known`, or if its authorization
   * endpoint is at one of the domains of `known` or below.
   */
  isProvider(known: KnownProvider): boolean;

  /**
   * URL that the browser of the user opens.
   * @throws OAuthError `invalid_request` when the configured URL is invalid or a parameter name is
   * reserved
   */
  authorizationUrl(request: AuthorizationRequest): string;

  /**
   * Response mode that the authorization URL requests (OAuth 2.0 Multiple Response Type Encoding
   * Practices §2.1, OAuth 2.0 Form Post Response Mode §2). Default: `query`.
   * @param providerParams parameters of the provider definition; the configured URL overrides them
   * @returns `undefined`: not supported (`fragment`, `jwt`, …), or given more than once
   */
  responseMode(
    providerParams: Readonly<Record<string, string>> | undefined,
  ): ResponseMode | undefined;

  /**
   * Compares `iss` of an authorization response with the configured issuer (RFC 9207 §2.4). Call it
   * before the code is sent anywhere. Checks nothing without a configured issuer, and for EARS.
   * @throws OAuthError `issuer_mismatch`, or `issuer_missing` when the metadata promises `iss`
   */
  checkIssuer(iss: string | undefined): void;

  /** Exchanges an authorization code for tokens. @throws OAuthError */
  exchange(exchange: CodeExchange, io: ProtocolIo): Promise<TokenGrant>;

  /**
   * Exchanges a refresh token for new tokens.
   * @throws OAuthError; `responseLost` tells if the refresh token may be spent although no response
   * was read
   */
  refresh(refreshToken: string, io: ProtocolIo): Promise<TokenGrant>;

  /**
   * Revokes one token. The refresh token and the access token of a grant take one call each. The
   * outcome tells if a retry makes sense.
   * @throws only errors of `io.exchange`
   */
  revoke(token: TokenToRevoke, io: RevocationIo): Promise<RevocationOutcome>;
}

/** The dialect of a client configuration. No other function compares the member `dialect`. */
export function dialectOf(client: OAuthClientConfiguration): Dialect {
  switch (client.dialect) {
    case 'standard':
      return new StandardDialect(client);
    case 'ears':
      return new EarsDialect(client);
  }
}
