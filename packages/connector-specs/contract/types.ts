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
 * Options of `getToken`, as in Kibana. Advisory: the server ignores them and uses the configuration
 * of the connector, so no auth type can request a token for another client or URL.
 */
export type GetTokenOptions =
  | {
      readonly authType: 'oauth';
      /** Absent: the provider of the connector type names it. */
      readonly tokenUrl?: string | undefined;
      readonly clientId: string;
      /** Secret of the client. `undefined`: a public client. */
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
   * @param options advisory, see {@link GetTokenOptions}
   * @returns a complete Authorization header value
   * @throws ConnectorAuthorizationError when the user must authorize; any other error when no token
   * is available at the moment
   */
  getToken(options: GetTokenOptions): Promise<string>;
  readonly logger: SpecLogger;
}

/**
 * The part of a client that auth types change: the headers of every request of one execution. An
 * axios instance is one.
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
  /** Builds the final schema from the defaults of a spec. Replaces `schema`. */
  normalizeSchema?(defaults: Readonly<Record<string, unknown>>): ZodObject;
  /** Sets the headers of the client of one execution. */
  configure(context: AuthContext, client: AuthClient, secrets: S): Promise<void>;
}

/** An entry of `auth.types`: an id, or an id with changes. */
export type AuthTypeEntry = string | AuthTypeDef;

/** An auth type with the changes of one spec: defaults of its fields, metadata of the form. */
export interface AuthTypeDef {
  readonly type: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Fields that may be absent although the auth type requires them. Default: none. */
  readonly optionalFields?: readonly string[];
  readonly isRecommended?: boolean;
  readonly isLegacy?: boolean;
  readonly isExperimental?: boolean;
  readonly overrides?: {
    readonly label?: string;
    readonly meta?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** Context of a handler, beside its input. One per execution, never shared between users. */
export interface ActionContext {
  /**
   * Sends an authenticated request with the headers of the spec, limited by the egress, and returns
   * the response of any status. Replaces a rejected token and retries once, as `client` does. Costs
   * a third of the CPU time of `client`, so prefer it.
   * @throws ConnectorAuthorizationError `missing_scope` for a user's token that lacks a scope;
   * EgressError for a request without a usable response
   */
  request(request: EgressRequest): Promise<EgressResponse>;
  /**
   * The client as an axios instance, for handlers written for axios. It is created when it is first
   * read, because that takes more time than a direct request.
   */
  readonly client: AxiosInstance;
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Grant facts by name, as the entry of the provider defines them, such as `instance_url` or
   * `cloudId`. Hosts and origins are within the patterns of the entry. Without facts it is empty:
   * no OAuth, or a grant that was stored before its provider had facts.
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
   * The same for each repetition of one call, and for no other call. An action whose service
   * accepts such a key sends it, so that the service carries out a repeated call once. Absent: the
   * caller does not repeat calls.
   */
  readonly idempotencyKey?: string | undefined;
  readonly log: SpecLogger;
  readonly signal: AbortSignal;
}

/** Credentials of a connector in the form of an auth type of this server. */
export interface MappedCredentials {
  /** Secrets of an auth type, with `authType`. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Secret headers. They override those of the auth type. */
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
   * Maps config and secrets of a connector to those of an auth type.
   * @throws AuthTypeError `malformed_secrets`
   */
  map(
    config: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, unknown>>,
  ): MappedCredentials;
}

/**
 * A scope of the OAuth provider, or several of which each suffices. The first one is requested, so
 * it is the one that permits the least.
 */
export type OAuthScope = string | readonly [string, ...string[]];

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
   * Further scopes that are requested with the action. Without them it reaches fewer objects.
   * Default: none.
   */
  readonly optionalScopes?: readonly string[];
  /**
   * `false`: the scopes are requested, but the action is also started without them, for example
   * because public data needs none. Default `true`.
   */
  readonly isScopeRequired?: boolean;
  /** Header with the size of a response that is too large. Default `content-length`. */
  readonly responseSizeHeader?: string;
  handler(context: ActionContext, input: never): Promise<unknown>;
}

/** Request of the connector's API that names the account of an access token. */
export interface AccountRequest {
  /** URL of a GET request, on an origin that receives the access token anyway. */
  readonly url: string;
  /** Dotted path to the id of the account in the response. */
  readonly idPath: string;
  /** Dotted path to its display name. Default: the id. */
  readonly labelPath?: string;
}

/** A connector type. Create it with `defineConnectorSpec`, which checks it. */
export interface ConnectorSpec {
  readonly metadata: {
    /** A dot, then letters, digits, `.`, `_`, `-`. Max 64 characters. */
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
  /** Instead of `auth`, for a type whose clients send credentials in another form. */
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
   * example `https://www.googleapis.com`. `undefined`: only those of the config fields; without
   * such fields every allowed host may receive them. `{grant.name}` stands for a grant fact that is
   * an origin, `https://{grant.name}` for one that is a host. A grant without the fact has no such
   * origin. `https://{config.name}.example.com` and `https://{config.name}` contain a config field
   * that is a label or a host.
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
  /** Names the account, if the scopes of the connector do not suffice for that of the provider. */
  readonly account?: AccountRequest;
  readonly actions: Readonly<Record<string, ActionDefinition>>;
  /**
   * Action of a call without `subAction`, whose parameters are the input of the action.
   * `undefined`: such a call is rejected.
   */
  readonly defaultAction?: string;
  /**
   * The texts of the spec in other languages, by the English text: names and descriptions of the
   * type and its actions, labels and help of its fields. Texts of auth types are translated
   * already. A contract test fails when one is missing.
   */
  readonly translations?: Readonly<Record<'de', Readonly<Record<string, string>>>>;
  /**
   * Id of this type in an earlier release. Stored connectors and the fingerprints of their grants
   * keep it, so that servers of that release can execute them and no user has to authorize again.
   */
  readonly formerId?: string;
  /** Connection test. It fails if the handler throws. */
  readonly test: {
    readonly enabled: boolean;
    readonly description?: string;
    /**
     * OAuth scopes that the test, or the request that names the account, needs. They are requested
     * whichever actions are enabled. Default: none.
     */
    readonly oauthScopes?: readonly OAuthScope[];
    handler(context: ActionContext): Promise<unknown>;
  };
}
