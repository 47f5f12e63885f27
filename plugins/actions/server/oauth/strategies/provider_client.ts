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
 * Condition on which a client may use the callback that all providers share. `allowed`: always,
 * because the code can only be sent to the provider of the connector type. `with_issuer`: if the
 * response names the issuer. `refused`: never, because the issuer of the token URL is unknown.
 */
export type SharedCallback = 'allowed' | 'with_issuer' | 'refused';

/**
 * Calls the authorization server of one connector, in its OAuth dialect. `oauth/strategies` creates
 * it from the decrypted connector. It contains secrets, so keep it only for one operation.
 */
export interface ProviderClient {
  readonly authType: string;
  /**
   * Hash of the client and of the destinations of its tokens (`grant_fingerprint.ts`). A grant with
   * another fingerprint is never used.
   */
  readonly fingerprint: string;
  /**
   * Short hash of the token endpoint's origin; the last segment of the redirect URI. `undefined`:
   * EARS.
   */
  readonly providerKey: string | undefined;
  /** Configuration of the client for the revocation outbox, which stores it encrypted. */
  readonly configuration: OAuthClientConfiguration;
  /**
   * Returns `true` if the granted scopes include everything for which a requested scope is needed.
   * Absent: a scope is covered only if it was granted itself.
   */
  readonly isScopeCovered?: (scope: string, granted: ReadonlySet<string>) => boolean;
  /**
   * Lifetime of access tokens whose response does not state one, in seconds. `undefined`: such
   * tokens do not expire.
   */
  readonly defaultLifetimeSeconds: number | undefined;
  /**
   * Seconds before the expiry of a token, from which the provider permits a refresh. `undefined`:
   * it permits a refresh at any time.
   */
  readonly refreshMarginSeconds?: number | undefined;
  /** Number of days after which the provider ends an unused grant. `undefined`: it does not. */
  readonly idleLimitDays: number | undefined;
  /**
   * Sentences for the administrator about a client that works but needs attention. Absent or empty:
   * there are none.
   */
  readonly warnings?: readonly string[];
  /** Condition on which the client may use the shared callback. Absent: `refused`. */
  readonly sharedCallback?: SharedCallback;
  /** Response mode of authorization requests. Absent: `query`. */
  readonly responseMode?: ResponseMode;
  /**
   * `true`: the account of a grant comes from the ID token, so a refresh must return the same
   * account (OpenID Connect Core §12.2). Absent: the account may come from another source, and is
   * not compared.
   */
  readonly isAccountFromIdToken?: boolean;
  /**
   * Asks the userinfo endpoint if an access token is valid. `authorization` is `<type> <token>`.
   * Absent: there is no such endpoint. Never throws.
   */
  readonly checkAccessToken?: (authorization: string) => Promise<AccessTokenState>;
  /**
   * Checks the hosts that browser and server will call in a flow.
   * @throws EgressError when a host is not allowed
   */
  ensureEndpointsAllowed(): void;
  /** Returns the URL to open in the user's browser. Host overrides for development are applied. */
  buildAuthorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    /** Email address of the account that the provider should preselect, if it supports that. */
    readonly loginHint?: string | undefined;
  }): string;
  /**
   * Checks the parameter `iss` of an authorization response (RFC 9207).
   * @throws OAuthError `issuer_mismatch`, `issuer_missing`
   */
  checkIssuer(iss: string | undefined): void;
  /**
   * Exchanges an authorization code for tokens, and reads the grant facts.
   * @throws OAuthError for every failure. It contains the tokens if some were issued
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
   * @throws OAuthError; if `responseLost` is `true`, the refresh token may be spent
   */
  refresh(refreshToken: string, signal: AbortSignal): Promise<TokenGrant>;
  /** Revokes a token at the provider. @throws only errors of `exchange` */
  revoke(
    token: string,
    hint: 'refresh_token' | 'access_token',
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Called with the pause that the provider requests, in milliseconds. */
      readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
      /** Steps around the exchange of a refresh token that the endpoint does not accept. */
      readonly exchange?: RevocationIo['exchange'];
      /** Called with the cause of a failure, if it is known. */
      readonly onFailure?: RevocationIo['onFailure'];
    },
  ): Promise<RevocationOutcome>;
  /** Requests a token for the application, for `oauth_client_credentials`. @throws OAuthError */
  requestSharedToken(signal: AbortSignal): Promise<TokenGrant>;
}

/** Creates {@link ProviderClient}s. */
export interface ProviderClientFactory {
  /**
   * Creates the client of a connector.
   * @throws ConnectorConfigurationError when the connector has no OAuth auth type, or its OAuth
   * settings are incomplete or refused
   */
  forConnector(connector: DecryptedConnector): ProviderClient;
  /**
   * Returns the client that can revoke the grants of a connector. Works even for a connector whose
   * endpoints {@link forConnector} refuses, and must be used only to end grants.
   * @throws ConnectorConfigurationError
   */
  resolveRevocationClient(
    connector: DecryptedConnector,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'>;
  /** Creates a client that can revoke tokens, from a configuration that the outbox has stored. */
  forConfiguration(configuration: OAuthClientConfiguration): Pick<ProviderClient, 'revoke'>;
}
