import type {
  AccessTokenState,
  OAuthClientConfiguration,
  ResponseMode,
  RevocationIo,
  RevocationOutcome,
  TokenGrant,
} from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';

/**
 * Condition for a client to use the callback that all providers share. `allowed`: the code can only
 * reach the provider of the connector type. `with_issuer`: the response must name the issuer.
 * `refused`: the issuer of the token URL is unknown.
 */
export type SharedCallback = 'allowed' | 'with_issuer' | 'refused';

/**
 * Calls the authorization server of one connector, in its dialect. `oauth/strategies` creates it
 * from the decrypted connector. It contains secrets, so keep it only for one operation.
 */
export interface ProviderClient {
  readonly authType: string;
  /**
   * Hash of the client and the destinations of its tokens: hosts of the authorization, token and
   * API endpoints, client id or EARS provider. A grant with another fingerprint is never used.
   */
  readonly fingerprint: string;
  /**
   * Short hash of the token endpoint's origin, the last segment of the redirect URI.
   * `undefined` for EARS.
   */
  readonly providerKey: string | undefined;
  /** Configuration of the client for the revocation outbox, which stores it encrypted. */
  readonly configuration: OAuthClientConfiguration;
  /**
   * Tells if the scopes of a grant suffice for all that a requested scope is for. Absent: only that
   * scope does.
   */
  readonly isScopeCovered?: (scope: string, held: ReadonlySet<string>) => boolean;
  /** Assumed lifetime in seconds when the provider names none. `undefined`: no end. */
  readonly defaultLifetimeSeconds: number | undefined;
  /** Seconds before the end of a token from which it may be refreshed. `undefined`: any time. */
  readonly refreshMarginSeconds?: number | undefined;
  /** Days after which an unused grant expires. `undefined`: never. */
  readonly idleLimitDays: number | undefined;
  /** Warnings for the administrator about a client that works. Left out or empty: none. */
  readonly warnings?: readonly string[];
  /** Tells if the client may use the shared callback. Left out: `refused`. */
  readonly sharedCallback?: SharedCallback;
  /** Response mode that the authorization request asks for. Left out: `query`. */
  readonly responseMode?: ResponseMode;
  /**
   * `true`: only the ID token names the account of a grant, so a refresh must return the same
   * account (OpenID Connect Core §12.2). Left out: other ids may be in use and are not compared.
   */
  readonly isAccountFromIdToken?: boolean;
  /**
   * Asks the userinfo endpoint if an access token, `<type> <token>`, is valid. Left out: there is
   * no such endpoint. Never throws.
   */
  readonly checkAccessToken?: (authorization: string) => Promise<AccessTokenState>;
  /**
   * Checks the hosts that the browser and the server will call, before a flow starts.
   * @throws EgressError
   */
  ensureEndpointsAllowed(): void;
  /** URL to open in the user's browser. Development host overrides are applied. */
  buildAuthorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    /** Email address of the account to preselect, where the provider supports that. */
    readonly loginHint?: string | undefined;
  }): string;
  /**
   * Checks `iss` of the authorization response (RFC 9207). @throws OAuthError `issuer_mismatch`,
   * `issuer_missing`
   */
  checkIssuer(iss: string | undefined): void;
  /**
   * Exchanges an authorization code for tokens, and reads the grant facts.
   * @throws OAuthError for every failure; with the issued tokens if they arrived
   */
  exchangeCode(request: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
    /** Further parameters of the authorization response, by name. Default: none. */
    readonly callback?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }): Promise<TokenGrant>;
  /**
   * Refreshes the tokens.
   * @throws OAuthError; its `responseLost` is `true` if the refresh token may be used up
   */
  refresh(refreshToken: string, signal: AbortSignal): Promise<TokenGrant>;
  /** Revokes a token at the provider. Never throws. */
  revoke(
    token: string,
    hint: 'refresh_token' | 'access_token',
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Called with the pause that the provider asks for, in milliseconds. */
      readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
      /** Called with the token that a retry must send instead, because this one is spent. */
      readonly onReplaced?: RevocationIo['onReplaced'];
    },
  ): Promise<RevocationOutcome>;
  /** Requests a token without a user, for `oauth_client_credentials`. @throws OAuthError */
  requestSharedToken(signal: AbortSignal): Promise<TokenGrant>;
}

/** Builds {@link ProviderClient}s. */
export interface ProviderClientFactory {
  /**
   * Creates the client of a connector.
   * @throws ConnectorConfigurationError when the connector is not OAuth, or its OAuth configuration
   * is incomplete or refused
   */
  forConnector(connector: DecryptedConnector): ProviderClient;
  /**
   * Returns the client that can revoke the grants of a connector. Only to end grants: also works
   * for a connector that {@link forConnector} refuses because of its endpoints.
   * @throws ConnectorConfigurationError
   */
  resolveRevocationClient(
    connector: DecryptedConnector,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'>;
  /** Client for a configuration in the outbox. */
  forConfiguration(configuration: OAuthClientConfiguration): Pick<ProviderClient, 'revoke'>;
}
