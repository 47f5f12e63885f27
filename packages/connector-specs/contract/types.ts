import type { AxiosInstance } from 'axios';
import type { ZodObject, ZodType } from 'zod';

/** Whose credentials a connector uses. */
export type AuthMode = 'shared' | 'per-user';

/** What a handler or an auth type may log with. Structurally a subset of core's logger. */
export interface SpecLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Asks the server for a token; the value is a complete Authorization header value. */
export type GetTokenOptions =
  | {
      readonly authType: 'oauth';
      readonly tokenUrl: string;
      readonly clientId: string;
      /** `undefined`: a public client. */
      readonly clientSecret?: string | undefined;
      readonly scope?: string | undefined;
      readonly additionalFields?: Readonly<Record<string, string>> | undefined;
      readonly tokenEndpointAuthMethod?:
        | 'client_secret_post'
        | 'client_secret_basic'
        | 'none'
        | undefined;
      readonly accessTokenPath?: string | undefined;
      readonly tokenTypePath?: string | undefined;
      readonly tokenType?: string | undefined;
    }
  | { readonly authType: 'ears'; readonly provider: string; readonly scope?: string | undefined };

/** What the server lends to `configure`. */
export interface AuthContext {
  /** @throws ConnectorAuthorizationError when the person must authorize; other errors when it cannot be had now */
  getToken(options: GetTokenOptions): Promise<string>;
  readonly logger: SpecLogger;
}

/** One way to authenticate. */
export interface AuthTypeSpec<S extends Record<string, unknown> = Record<string, unknown>> {
  /** Value of the discriminator `authType`. */
  readonly id: string;
  readonly label: string;
  readonly authMode: AuthMode;
  /** Fields of the secrets, without the discriminator. What is marked sensitive is a credential. */
  readonly schema: ZodObject;
  /**
   * `true`: the credentials are themselves what calls carry, so handlers may read them. Default: they only serve to get a token, and no handler ever
   * sees them.
   */
  readonly sendsOwnSecrets?: boolean;
  /** Builds the final schema from a spec's defaults; replaces `schema`. */
  normalizeSchema?(defaults: Readonly<Record<string, unknown>>): ZodObject;
  /** Sets headers or interceptors on the instance of one execution. */
  configure(context: AuthContext, client: AxiosInstance, secrets: S): Promise<void>;
}

/** An entry of `auth.types`: a bare id, or an id with what differs. */
export type AuthTypeEntry = string | AuthTypeDef;

/** An auth type with what one spec changes of it: defaults for its fields, how the form shows it. */
export interface AuthTypeDef {
  readonly type: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly isRecommended?: boolean;
  readonly isLegacy?: boolean;
  readonly isExperimental?: boolean;
  readonly overrides?: {
    readonly label?: string;
    readonly meta?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** What a handler gets beside its input. One per execution, never shared between people. */
export interface ActionContext {
  /** Authenticated, with the spec's headers as defaults, and limited to what egress allows. */
  readonly client: AxiosInstance;
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Validated secrets including `authType`, without what only serves to get a token (`clientSecret`): there the token is in `client`. Never return
   * or log them.
   */
  readonly secrets: Readonly<Record<string, unknown>>;
  /**
   * Names, in lower case, of the headers that carry the connector's credentials. Callers may not
   * set them.
   */
  readonly credentialHeaders: readonly string[];
  readonly log: SpecLogger;
  readonly signal: AbortSignal;
}

/**
 * A client certificate of mutual TLS: certificate and key as PEM, or both in one PFX file in
 * base64.
 */
export type ClientCertificate = { readonly passphrase?: string | undefined } & (
  | { readonly certificate: string; readonly key: string }
  | { readonly pfx: string }
);

/** TLS options of a connector's connections, from its credentials. */
export interface ConnectorTls {
  /** PEM; trusted instead of the system's. `undefined`: the system's. */
  readonly certificateAuthorities?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
}

/** A connector's credentials in the shape of this server's auth types. */
export interface MappedCredentials {
  /** Secrets of an auth type, `authType` included. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Secret headers. They override those of the auth type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectorTls;
}

/** For a connector type whose secrets have a shape of their own, without `authType`. */
export interface CredentialMapping {
  readonly secrets: ZodObject;
  /**
   * Config fields, besides URLs, that decide which servers a connection trusts. After a change of
   * one the secrets must be entered again.
   */
  readonly trustFields: readonly string[];
  /** @throws AuthTypeError `malformed_secrets` */
  map(
    config: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, unknown>>,
  ): MappedCredentials;
}

/** One thing a connector can do. `input` is validated, with its defaults applied, before the handler runs. */
export interface ActionDefinition<I extends ZodType = ZodType> {
  readonly input: I;
  readonly output?: ZodType;
  readonly isTool?: boolean;
  /** read: no outside change. write: creates or appends. destroy: may overwrite, update or delete. */
  readonly scope: 'read' | 'write' | 'destroy';
  readonly description: string;
  /** Header to read when a response is too large. Default `content-length`. */
  readonly responseSizeHeader?: string;
  handler(context: ActionContext, input: never): Promise<unknown>;
}

/** What OAuth providers do differently, declared where the connector is; default is the RFC. */
export interface OAuthProviderFacts {
  /** RFC 7009 endpoint for the organisation's own client. */
  readonly revocationUrl?: string;
  /**
   * Source of the account of an access token; default: none, unless the issuer's metadata names
   * one.
   */
  readonly userinfoUrl?: string;
  /** Dotted paths to id and name of the account, in the token response or at `userinfoUrl`. */
  readonly accountIdPath?: string;
  readonly accountLabelPath?: string;
  /** Issuer for RFC 9207; checked whenever a response carries `iss`. */
  readonly issuer?: string;
  /** `true`: the provider promises `iss` in every response, so one without it is refused too. */
  readonly issuerRequiredInResponse?: boolean;
  /** Seconds, when the provider leaves `expires_in` out. `undefined`: one hour. */
  readonly defaultLifetimeSeconds?: number;
  /**
   * Seconds before the end of a token from which on the provider lets it be refreshed, for providers that refuse earlier (Exact Online: 30).
   * `undefined`: at any time; a minute before its end is when it happens.
   */
  readonly refreshMarginSeconds?: number;
  /** Days after which an unused grant dies; keep-alive refreshes before. `undefined`: never. */
  readonly idleLimitDays?: number;
  /** Parameters of the authorization URL, for example Google's `access_type=offline`. */
  readonly authorizationParams?: Readonly<Record<string, string>>;
  /** A 200 answer of the API that in truth says the token is bad (Slack). */
  isTokenRejected?(status: number, body: unknown): boolean;
}

/** A whole connector type. Build one with `defineConnectorSpec`, which checks it. */
export interface ConnectorSpec {
  readonly metadata: {
    /** Leading dot; letters, digits, `.`, `_`, `-`; at most 64 characters. */
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
  /** Instead of `auth`, for a type whose clients send credentials in another shape. */
  readonly credentials?: CredentialMapping;
  /** All non-secret fields. */
  readonly schema?: ZodObject;
  /** Config fields whose URL must be in `xpack.actions.allowedHosts`; a change of their host ends grants. */
  readonly validateUrls?: { readonly fields: readonly string[] };
  /**
   * Origins beside those of the URL config fields that may receive the credentials, for example `https://www.googleapis.com`.
   * `undefined`: the config fields alone decide; without such fields credentials may go to every allowed host.
   */
  readonly apiOrigins?: readonly string[];
  readonly oauth?: OAuthProviderFacts;
  readonly actions: Readonly<Record<string, ActionDefinition>>;
  /**
   * Action of a call without `subAction`, whose parameters are the input of the action.
   * `undefined`: such a call is refused.
   */
  readonly defaultAction?: string;
  /**
   * The id of this type in an earlier release. Stored connectors and the fingerprints of their
   * grants keep it, so that servers of that release can execute them and nobody has to authorize
   * again.
   */
  readonly formerId?: string;
  /** Throw = failed; anything else = success. */
  readonly test: {
    readonly enabled: boolean;
    readonly description?: string;
    handler(context: ActionContext): Promise<unknown>;
  };
}
