import type { ProviderDefinition, ProviderEntry } from '@latchkey/oauth-providers';

/** Client authentication at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9). */
export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'none';

/** The JWT that authenticates a client with `private_key_jwt` (RFC 7523 §3). */
export interface ClientAssertion {
  /** The private key: PKCS #8 in PEM, not encrypted. Line breaks may be missing. */
  readonly privateKey: string;
  /** Id of the key, sent in the header `kid`. Absent: the header has no `kid`. */
  readonly keyId?: string | undefined;
  /** Signature algorithm. Absent: the first one that fits the key, which is RS256 for RSA. */
  readonly algorithm?: 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA' | undefined;
  /**
   * X.509 certificate in PEM. Its thumbprint is added to the header (`x5t#S256`). Absent: none is
   * added.
   */
  readonly certificate?: string | undefined;
  /**
   * Claim `aud`, a URL on the origin of the token endpoint. Default: the issuer of the provider if
   * it has this origin, else the token endpoint.
   */
  readonly audience?: string | undefined;
  /** Claim `iss`. Default: the client id. */
  readonly issuer?: string | undefined;
  /**
   * Field of the request that carries the assertion. Default: `client_assertion`. Apple requires
   * `client_secret`.
   */
  readonly parameter?: 'client_assertion' | 'client_secret' | undefined;
}

/**
 * Sections of a provider definition, without placeholders. Where a section is absent, the provider
 * follows the RFCs.
 */
export type ClientProvider = Partial<
  Pick<
    ProviderEntry,
    'authorize' | 'token' | 'response' | 'accessToken' | 'grantFacts' | 'revocation' | 'failures'
  >
>;

/**
 * The sections of a provider definition that a client needs.
 * @param entry provider definition in which no placeholder is left
 */
export function clientProviderOf(entry: ProviderDefinition): ClientProvider {
  const { authorize, token, response, accessToken, grantFacts, revocation, failures } = entry;
  return {
    authorize,
    token,
    response,
    accessToken,
    grantFacts,
    failures,
    ...(revocation === undefined ? {} : { revocation }),
  };
}

/**
 * A client of an authorization server that speaks standard OAuth 2.0. Plain JSON, so that a pending
 * revocation can store it (encrypted).
 */
export interface StandardClient {
  readonly dialect: 'standard';
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /**
   * Revocation endpoint (RFC 7009). `undefined`: the provider has none, so grants can only be
   * deleted locally.
   */
  readonly revocationEndpoint?: string | undefined;
  /**
   * The source that confirms a revocation endpoint whose origin is not that of the token endpoint.
   * Not used here; stored for the caller.
   */
  readonly revocationVoucher?: 'connector_type' | 'issuer' | 'operator' | undefined;
  /**
   * Issuer of the provider. When set, an authorization response with another `iss` is rejected (RFC
   * 9207).
   */
  readonly issuer?: string | undefined;
  /** `true`: the metadata promises `iss` in every response, so a missing one is rejected too. */
  readonly issuerRequiredInResponse?: boolean | undefined;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  /** Settings of the signed JWT. Used only with `private_key_jwt`. */
  readonly clientAssertion?: ClientAssertion | undefined;
  /** Requested scopes, separated by spaces (RFC 6749 §3.3). `undefined`: none are requested. */
  readonly scope?: string | undefined;
  /**
   * Parameter of the authorization URL that carries the scopes. Default: `scope` (Slack:
   * `user_scope`).
   */
  readonly scopeParamName?: string | undefined;
  /** Dotted path to the access token in a non-standard token response. */
  readonly accessTokenPath?: string | undefined;
  /** Dotted path to the token type in a non-standard token response. */
  readonly tokenTypePath?: string | undefined;
  /**
   * Endpoint that returns the account of an access token: the userinfo endpoint (OpenID Connect
   * Core §5.3), or an endpoint of the provider's API. Access tokens are sent there.
   */
  readonly userinfoEndpoint?: string | undefined;
  /** JSON of a POST request to `userinfoEndpoint`. Absent: the request is a GET. */
  readonly userinfoRequestJson?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Dotted path to the id of the account, in the token response or in the response of
   * `userinfoEndpoint`.
   */
  readonly accountIdPath?: string | undefined;
  /** Dotted path to the display name of the account. Default: the id. */
  readonly accountLabelPath?: string | undefined;
  /** Literal token type, used instead of the one in the token response. */
  readonly tokenType?: string | undefined;
  /** Extra fields of every token request. */
  readonly additionalFields?: Readonly<Record<string, string>> | undefined;
  /**
   * Departures of the provider from the RFCs. Other members of the client override them. Absent:
   * only the failures of the provider are known, which the host of the token endpoint identifies.
   */
  readonly provider?: ClientProvider | undefined;
}

/** A client of EARS, a redirect service that owns the OAuth app and keeps its secret. */
export interface EarsClient {
  readonly dialect: 'ears';
  /** Base URL of EARS, the setting `xpack.actions.auth.ears.url`. A trailing slash is ignored. */
  readonly baseUrl: string;
  readonly provider: 'google' | 'microsoft' | 'slack';
  /** Requested scopes, separated by spaces (RFC 6749 §3.3). `undefined`: none are requested. */
  readonly scope?: string | undefined;
}

/** An OAuth client and its authorization server, in one of the two dialects. */
export type OAuthClientConfiguration = StandardClient | EarsClient;

/** Names of a well-known provider. */
export interface KnownProvider {
  /** Registrable domains of its authorization endpoints. */
  readonly domains: readonly string[];
  /** Name of the provider at EARS. Absent: EARS does not support the provider. */
  readonly earsProvider?: EarsClient['provider'];
}

/**
 * Members of a client that name the endpoint and the paths of the account of an access token, and
 * how requests carry the token.
 */
export interface AccountSource
  extends Pick<
    StandardClient,
    'userinfoEndpoint' | 'userinfoRequestJson' | 'accountIdPath' | 'accountLabelPath'
  > {
  readonly provider?: Pick<ClientProvider, 'accessToken'> | undefined;
}
