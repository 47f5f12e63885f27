/** Facts of a provider in its documentation. */
export interface DocumentedFacts {
  readonly authorize: string;
  readonly token: string;
  /** Other hosts at which the provider has token endpoints. Default: none. */
  readonly otherHosts?: readonly string[];
  /** Endpoint of refreshes if it is not that of tokens. */
  readonly refresh?: string;
  /** How the client authenticates, the preferred way first, and the format of token requests. */
  readonly client: string;
  /** Fixed fields of token requests. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** `true`: the provider rejects a request without PKCE. */
  readonly needsPkce?: boolean;
  /** Fixed parameters of the authorization URL. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Parameter and separator of scopes. `none`: the provider has no scopes. */
  readonly scope?: string;
  /** Scope or parameter without which there is no refresh token. */
  readonly needs?: string;
  /** Where the account is: its source, id and label. */
  readonly account: string | undefined;
  /** Facts of the grant: name, source, path, kind, and hosts that it may name. */
  readonly grant?: readonly string[];
  /** Seconds: without `expires_in`, access token, refresh token. `null`: no end. */
  readonly seconds: readonly (number | null | undefined)[];
  /** Days after which an unused grant ends. */
  readonly idleDays?: number;
  /** Seconds for which a used refresh token is still accepted. */
  readonly graceSeconds?: number;
  /** `true`: a second use of a refresh token ends the grant. */
  readonly reuseEndsGrant?: boolean;
  readonly rotation: 'none' | 'replaced' | 'single_use';
  /** Method, URL, authentication, format and fields if the request is not that of RFC 7009. */
  readonly revocation: string | undefined;
  /** Tokens that can be revoked, and what it ends. */
  readonly ends?: string;
  /** Header and word before the access token in requests, or `alone`. Default: RFC 6750. */
  readonly tokenIn?: string;
  /** Headers of every request of the API. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait after a rate limit. Default: the header Retry-After of RFC 9110. */
  readonly waits?: readonly string[];
}
