import type { ProviderEntry, ProviderFacts } from '@latchkey/oauth-providers';

/** Client authentication at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9). */
export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'none';

/** The JWT that authenticates a client with `private_key_jwt` (RFC 7523 §3). */
export interface ClientAssertion {
  /** PKCS #8 in PEM, not encrypted. Line breaks may be missing. */
  readonly privateKey: string;
  /** Header `kid`. */
  readonly keyId?: string | undefined;
  /** Default: that of the key, RS256 for RSA. */
  readonly algorithm?: 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA' | undefined;
  /** In PEM. Adds its thumbprint to the header (`x5t#S256`). */
  readonly certificate?: string | undefined;
  /**
   * Claim `aud`, a URL on the origin of the token endpoint. Default: the issuer of the provider if
   * it is there, else the token endpoint.
   */
  readonly audience?: string | undefined;
  /** Claim `iss`. Default: the client id. */
  readonly issuer?: string | undefined;
  /** Parameter of the request. Default: `client_assertion`. Apple: `client_secret`. */
  readonly parameter?: 'client_assertion' | 'client_secret' | undefined;
}

/**
 * Sections of a provider's entry, without placeholders. An absent section: as in the RFCs.
 */
export type ClientProvider = Partial<
  Pick<ProviderEntry, 'authorize' | 'token' | 'response' | 'grantFacts' | 'revocation' | 'failures'>
>;

/** The sections of an entry that a client needs. @param entry without placeholders */
export function clientProviderOf(entry: ProviderFacts): ClientProvider {
  const { authorize, token, response, grantFacts, revocation, failures } = entry;
  return {
    authorize,
    token,
    response,
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
  /** RFC 7009. `undefined`: the provider has none, so grants can only be deleted locally. */
  readonly revocationEndpoint?: string | undefined;
  /**
   * The source that confirms a revocation endpoint off the origin of the token endpoint. Not used
   * here; stored for the caller.
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
  /** Only for `private_key_jwt`. */
  readonly clientAssertion?: ClientAssertion | undefined;
  /** Space-separated (RFC 6749 §3.3). */
  readonly scope?: string | undefined;
  /** Scope parameter of the authorization URL. Default: `scope` (Slack: `user_scope`). */
  readonly scopeParamName?: string | undefined;
  /** Dotted path to the access token in a non-standard token response. */
  readonly accessTokenPath?: string | undefined;
  /** Dotted path to the token type in a non-standard token response. */
  readonly tokenTypePath?: string | undefined;
  /**
   * Endpoint that returns the account of an access token: OpenID Connect Core §5.3, or one of the
   * provider's API. Access tokens are sent there.
   */
  readonly userinfoEndpoint?: string | undefined;
  /**
   * Dotted path to the id of the account, in the token response or in the response of
   * `userinfoEndpoint`.
   */
  readonly accountIdPath?: string | undefined;
  /** Dotted path to the display name of the account. Default: the id. */
  readonly accountLabelPath?: string | undefined;
  /** Literal token type that overrides the one of the token response. */
  readonly tokenType?: string | undefined;
  /** Extra fields of every token request. */
  readonly additionalFields?: Readonly<Record<string, string>> | undefined;
  /**
   * Departures of the provider from the RFCs. Other members of the client override them. Absent:
   * only its failures are known, by the host of the token endpoint.
   */
  readonly provider?: ClientProvider | undefined;
}

/** A client of EARS, a redirect service that owns the OAuth app and holds its secret. */
export interface EarsClient {
  readonly dialect: 'ears';
  /** `xpack.actions.auth.ears.url`. A trailing slash is ignored. */
  readonly baseUrl: string;
  readonly provider: 'google' | 'microsoft' | 'slack';
  /** Space-separated (RFC 6749 §3.3). */
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

/** Endpoint and paths that name the account of an access token. */
export type AccountSource = Pick<
  StandardClient,
  'userinfoEndpoint' | 'accountIdPath' | 'accountLabelPath'
>;
