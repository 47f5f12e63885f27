import type { ConnectionTls, EgressRequest, EgressResponse } from '@latchkey/egress';
import type { ProviderEntry, ProviderName } from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';
import type { ZodObject, ZodType } from 'zod';

/** Owner of the credentials: one set for all users, or one per user. */
export type AuthMode = 'shared' | 'per-user';

/** Logger of handlers and auth types. Structurally a subset of the logger of core. */
export interface SpecLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Options of `getToken`, as in Kibana. They are not decisive: the server uses the configuration of
 * the connector instead, so no auth type can request a token for another client or URL.
 */
export type GetTokenOptions =
  | {
      readonly authType: 'oauth';
      /** URL of the token endpoint. Absent: the provider of the connector type names it. */
      readonly tokenUrl?: string | undefined;
      readonly clientId: string;
      /** Secret of the client. `undefined`: the client is public and has none. */
      readonly clientSecret?: string | undefined;
      readonly scope?: string | undefined;
      readonly additionalFields?: Readonly<Record<string, string>> | undefined;
      readonly tokenEndpointAuthMethod?:
        | 'client_secret_post'
        | 'client_secret_basic'
        | 'private_key_jwt'
        | 'none'
        | undefined;
      readonly accessTokenPath?: string | undefined;
      readonly tokenTypePath?: string | undefined;
      readonly tokenType?: string | undefined;
    }
  | { readonly authType: 'ears'; readonly provider: string; readonly scope?: string | undefined };

/** Services of the server for `configure`. */
export interface AuthContext {
  /**
   * Gets a token of the connector for the user of the call.
   * @param options not decisive, see {@link GetTokenOptions}
   * @returns a complete Authorization header value
   * @throws ConnectorAuthorizationError when the user must authorize; any other error when no token
   *   is available at the moment
   */
  getToken(options: GetTokenOptions): Promise<string>;
  readonly logger: SpecLogger;
}

/**
 * The part of an HTTP client that auth types change: the headers of every request of one execution.
 * An axios instance is an AuthClient.
 */
export interface AuthClient {
  readonly defaults: { readonly headers: { readonly common: { [name: string]: unknown } } };
}

/** An auth type: fields of the secrets, and how they are applied to a client. */
export interface AuthTypeSpec<S extends Record<string, unknown> = Record<string, unknown>> {
  /** Value of the discriminator `authType`. */
  readonly id: string;
  readonly label: string;
  readonly authMode: AuthMode;
  /** Fields of the secrets, without the discriminator. Sensitive fields are credentials. */
  readonly schema: ZodObject;
  /**
   * `true`: calls send the credentials themselves, so handlers may read them. Default `false`: the
   * credentials are used to get a token, and no handler gets them.
   */
  readonly sendsOwnSecrets?: boolean;
  /**
   * Builds the final schema from the defaults of a spec. The result replaces `schema`. Absent:
   * `schema` is used.
   */
  normalizeSchema?(defaults: Readonly<Record<string, unknown>>): ZodObject;
  /** Sets the headers of the client of one execution. */
  configure(context: AuthContext, client: AuthClient, secrets: S): Promise<void>;
}

/** An entry of `auth.types`: the id of an auth type, or an id with changes of this spec. */
export type AuthTypeEntry = string | AuthTypeDef;

/** An auth type with the changes of one spec: defaults of its fields, and metadata for the form. */
export interface AuthTypeDef {
  readonly type: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Names of fields that may be absent although the auth type requires them. Default: none. */
  readonly optionalFields?: readonly string[];
  readonly isRecommended?: boolean;
  readonly isLegacy?: boolean;
  readonly isExperimental?: boolean;
  readonly overrides?: {
    readonly label?: string;
    readonly meta?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/**
 * Context of a handler, passed in addition to its input. Each execution has its own, and users
 * never share one.
 */
export interface ActionContext {
  /**
   * Sends an authenticated request with the headers of the spec, within the limits of the egress,
   * and returns the response of any status. After a rejected token it gets another one and retries
   * once, as `client` does. It takes a third of the CPU time of `client`, so prefer it.
   * @throws ConnectorAuthorizationError `missing_scope` for a user's token that lacks a scope;
   *   EgressError for a request without a usable response
   */
  request(request: EgressRequest): Promise<EgressResponse>;
  /**
   * The client as an axios instance, for handlers written for axios. It is created at the first
   * access, because its creation takes more time than a direct request.
   */
  readonly client: AxiosInstance;
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Grant facts by name, as the provider definition describes them, such as `instance_url` or
   * `cloudId`. Hosts and origins are within the patterns of the entry. Empty: the connector has no
   * OAuth, or the grant was stored before its provider had facts.
   */
  readonly grant: Readonly<Record<string, string>>;
  /**
   * Validated secrets with `authType`, without fields that are only used to get a token
   * (`clientSecret`); `client` has the token. Never return or log them.
   */
  readonly secrets: Readonly<Record<string, unknown>>;
  /**
   * Lower-case names of the headers that contain credentials of the connector. Callers must not set
   * them.
   */
  readonly credentialHeaders: readonly string[];
  /**
   * Key that is the same for each repetition of one call, and differs for every other call. An
   * action whose service accepts such a key sends it, so that the service carries out a repeated
   * call once. Absent: the caller does not repeat calls.
   */
  readonly idempotencyKey?: string | undefined;
  readonly log: SpecLogger;
  readonly signal: AbortSignal;
  /**
   * Milliseconds until the caller stops waiting for the result, for example by the timeout of a
   * step. Not positive: the time is over. Absent: the caller has no deadline.
   */
  readonly timeLeftMs?: (() => number) | undefined;
}

/** Credentials of a connector in the form of an auth type of this server. */
export interface MappedCredentials {
  /** Secrets of an auth type, with `authType`. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Secret headers by name. They override those of the auth type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionTls;
}

/** Maps the secrets of a connector type that have their own form, without `authType`. */
export interface CredentialMapping {
  readonly secrets: ZodObject;
  /**
   * Config fields, besides URLs, that decide which servers a connection trusts. If one changes, the
   * secrets must be entered again.
   */
  readonly trustFields: readonly string[];
  /**
   * Maps config and secrets of a connector to secrets of an auth type.
   * @throws AuthTypeError `malformed_secrets`
   */
  map(
    config: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, unknown>>,
  ): MappedCredentials;
}

/**
 * A scope of the OAuth provider, or a list of scopes each of which suffices. The first one of a
 * list is requested, so it should be the one that permits the least.
 */
export type OAuthScope = string | readonly [string, ...string[]];

/**
 * Tells if an action is refused before its request when the grant lacks its scopes.
 * - `true`: it is
 * - `unless_others`: it is, unless the grant has a scope that neither the type names nor the
 *   provider definition describes. Such a scope may include those of the action, for example
 *   `Directory.Read.All`
 * - `false`: it is not, for example because public data needs no scope
 */
export type ScopeRequirement = boolean | 'unless_others';

/** An action of a connector. `input` is parsed, with defaults, before the handler runs. */
export interface ActionDefinition<I extends ZodType = ZodType> {
  readonly input: I;
  readonly output?: ZodType;
  readonly isTool?: boolean;
  /** `read`: changes nothing. `write`: creates or appends. `destroy`: may overwrite or delete. */
  readonly scope: 'read' | 'write' | 'destroy';
  readonly description: string;
  /** OAuth scopes without which the service refuses the action. `undefined`: none is needed. */
  readonly oauthScopes?: readonly OAuthScope[] | undefined;
  /**
   * Further scopes that are requested with the action. Without them, the action reaches fewer
   * objects. Default: none.
   */
  readonly optionalScopes?: readonly string[];
  /**
   * Tells if the action is refused without its scopes. The scopes are requested in any case.
   * Default `true`.
   */
  readonly isScopeRequired?: ScopeRequirement;
  /**
   * Name of the response header that has the size of a response that is too large. Default
   * `content-length`.
   */
  readonly responseSizeHeader?: string;
  handler(context: ActionContext, input: never): Promise<unknown>;
}

/** Request of the connector's API that names the account of an access token. */
export interface AccountRequest {
  /** URL on an origin that receives the access token anyway. */
  readonly url: string;
  /** JSON of a POST request. Absent: the request is a GET. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Dotted path to the id of the account in the response. */
  readonly idPath: string;
  /** Dotted path to the display name of the account. Default: the id. */
  readonly labelPath?: string;
}

/** A connector type. Create it with `defineConnectorSpec`, which checks it. */
export interface ConnectorSpec {
  readonly metadata: {
    /** Id: a dot, then letters, digits, `.`, `_`, `-`. At most 64 characters. */
    readonly id: string;
    readonly displayName: string;
    readonly description: string;
    readonly icon?: string;
    readonly docsUrl?: string;
    readonly minimumLicense: 'basic' | 'gold' | 'platinum' | 'enterprise';
    readonly isTechnicalPreview?: boolean;
    readonly supportedFeatureIds: readonly string[];
  };
  readonly auth?: {
    readonly types: readonly AuthTypeEntry[];
    readonly headers?: Readonly<Record<string, string>>;
  };
  /**
   * Used instead of `auth` for a type whose clients send credentials in another form. Absent: the
   * type uses `auth`.
   */
  readonly credentials?: CredentialMapping;
  /** Schema of the config: all fields that are not secret. */
  readonly schema?: ZodObject;
  /** Config fields that are required with an auth type, and optional with others. */
  readonly requiredConfig?: Readonly<Record<string, readonly string[]>>;
  /**
   * Config fields whose host must be in `xpack.actions.allowedHosts`. A change of the host revokes
   * grants.
   */
  readonly validateUrls?: { readonly fields: readonly string[] };
  /**
   * Origins, in addition to those of the URL config fields, that may receive the credentials, for
   * example `https://www.googleapis.com`. `undefined`: only the origins of the config fields;
   * without such fields every allowed host may receive them. `{grant.name}` stands for a grant fact
   * that is an origin, `https://{grant.name}` for a grant fact that is a host. A grant without the
   * fact has no such origin. `https://{config.name}.example.com` and `https://{config.name}`
   * contain a config field that is a label or a host.
   */
  readonly apiOrigins?: readonly string[];
  /**
   * OAuth provider: the name of an entry of `@latchkey/oauth-providers`, or an own entry made with
   * `defineProvider`. `undefined`: the provider follows the RFCs, or there is no OAuth.
   */
  readonly provider?: ProviderName | ProviderEntry;
  /**
   * Config field in which an administrator enters facts of the provider as JSON. `undefined`: none.
   */
  readonly providerDataField?: string;
  /**
   * Request that names the account. Needed if the scopes of the connector do not suffice for the
   * request of the provider definition.
   */
  readonly account?: AccountRequest;
  readonly actions: Readonly<Record<string, ActionDefinition>>;
  /**
   * Name of the action that a call without `subAction` runs, with the parameters of the call as
   * input. `undefined`: such a call is rejected.
   */
  readonly defaultAction?: string;
  /**
   * The texts of the spec in other languages, by the English text: names and descriptions of the
   * type and its actions, labels and help of its fields. Texts of auth types are already translated
   * elsewhere. A contract test fails when a text is missing.
   */
  readonly translations?: Readonly<Record<'de', Readonly<Record<string, string>>>>;
  /**
   * Id of this type in an earlier release. Stored connectors and the fingerprints of their grants
   * keep this id, so that servers of that release can execute them and no user has to authorize
   * again.
   */
  readonly formerId?: string;
  /** Connection test. The test fails if the handler throws. */
  readonly test: {
    readonly enabled: boolean;
    readonly description?: string;
    /**
     * OAuth scopes that the test, or the request that names the account, needs. They are requested
     * whatever actions are enabled. Default: none.
     */
    readonly oauthScopes?: readonly OAuthScope[];
    handler(context: ActionContext): Promise<unknown>;
  };
}
