import type { IncomingHttpHeaders } from 'node:http';
import type { ZodType } from 'zod';

/** How a caller proved who they are. */
export type AuthenticationType = 'session' | 'basic' | 'api_key';

/** The signed-in person behind a request. */
export interface AuthenticatedUser {
  readonly username: string;
  /** Stable id of the person; survives renames of everything else. An API key carries its owner's. */
  readonly profileUid: string;
  readonly roles: readonly string[];
  readonly fullName?: string;
  readonly email?: string;
  readonly authenticationType: AuthenticationType;
  /** Present only when `authenticationType` is `api_key`. */
  readonly apiKeyId?: string;
  /** As {@link apiKeyId}; chosen by the owner, so it identifies nothing. */
  readonly apiKeyName?: string;
}

/**
 * On whose behalf, and in which space, something happens. Services take this instead of a request, so that
 * background work and requests are served by the same code.
 */
export interface Principal {
  /** `undefined` on routes that need no authentication, when nobody is signed in. */
  readonly user: AuthenticatedUser | undefined;
  readonly spaceId: string;
  /** Correlates log lines and audit events. `undefined` for background work. */
  readonly requestId?: string;
  /** Address of the client, as a trusted proxy reports it. `undefined` for background work. */
  readonly remoteAddress?: string;
}

/** One inbound request after routing, authentication and validation. */
export interface ServerRequest<P = unknown, Q = unknown, B = unknown> extends Principal {
  readonly requestId: string;
  readonly method: string;
  /** Path without base path and space prefix, then query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Keyed by the names with which they are set; see {@link HttpSetup.cookiePrefix}. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /**
   * Cookies without our prefix: set by an earlier version, or by a sibling subdomain of an
   * attacker. Empty when there is no prefix.
   */
  readonly unprefixedCookies: Readonly<Record<string, string | undefined>>;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly remoteAddress: string;
  /** `true` when the browser reached us over https, directly or as told by a trusted proxy. */
  readonly isSecure: boolean;
  /** Aborts when the client goes away before the answer. */
  readonly signal: AbortSignal;
}

/**
 * Browsers accept a cookie whose name begins with `__Host-` only from this host, over https and for
 * the path `/` (RFC 6265bis §4.1.3.2). So a sibling subdomain cannot set a session or flow cookie
 * here.
 */
export type CookiePrefix = '' | '__Host-';

/** A cookie to set. Always `HttpOnly`; `Secure` is added on https, the path is the base path. */
export interface CookieToSet {
  readonly name: string;
  /** Empty string clears the cookie. */
  readonly value: string;
  /** `undefined`: a session cookie. */
  readonly maxAgeSeconds?: number;
  readonly sameSite?: 'lax' | 'strict' | 'none';
}

/** What a handler answers. Build one with {@link respond}. */
export interface RouteResponse {
  readonly status: number;
  /** Objects are sent as JSON, strings and buffers as they are, `undefined` as an empty body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly CookieToSet[];
}

/** Methods of routes. HEAD is answered by the GET of the same path. */
export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who may call a route. */
export interface RouteSecurity {
  /**
   * `required` (default): no user answers 401. `optional`: the handler gets `user: undefined`.
   * `best_effort`: as `optional`, also when the store is away and nobody can be recognised. `none`: credentials are not even looked at.
   */
  readonly authentication?: 'required' | 'optional' | 'best_effort' | 'none';
  /**
   * Privileges the user must hold, all of them, in the space of the request, for example `actions:execute`.
   * Missing ones answer 403. Empty or absent: any signed-in user.
   */
  readonly requiredPrivileges?: readonly string[];
  /** `false` lifts the rule that asks for `kbn-xsrf` or `kbn-version`, only for routes whose own protocol prevents cross-site requests. */
  readonly xsrfRequired?: boolean;
}

/** One documented answer, for OpenAPI. */
export interface DocumentedResponse {
  readonly description: string;
  readonly body?: ZodType;
}

/** Everything known of one route; the source of validation, authorization and OpenAPI. */
export interface RouteDefinition<
  P extends ZodType = ZodType,
  Q extends ZodType = ZodType,
  B extends ZodType = ZodType,
> {
  readonly method: HttpMethod;
  /** Kibana's notation: `/api/actions/connector/{id?}`. Without base path and space prefix. */
  readonly path: string;
  /** `internal` routes demand the `x-elastic-internal-origin` header and stay out of OpenAPI. */
  readonly access: 'public' | 'internal';
  /** One line, in the imperative, for OpenAPI. */
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: RouteSecurity;
  readonly validate?: {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
  };
  readonly responses?: Readonly<Record<number, DocumentedResponse>>;
  readonly options?: {
    /** Larger bodies answer 413. Default: `server.maxPayload`. */
    readonly maxBodyBytes?: number;
    /**
     * `form`: the body is an HTML form, its fields strings; another type gets 415. A page of
     * another site can post a form, so the route must verify that the request comes from its own
     * page. Default: `json`.
     */
    readonly bodyFormat?: 'json' | 'form';
    /**
     * Whether people open it in a browser: one without a session is sent to the login page instead of getting a 401.
     * Default: `false` for `/metrics` and below `/api` and `/internal`, `true` elsewhere.
     */
    readonly isPage?: boolean;
  };
}

type Parsed<T> = T extends ZodType<infer O> ? O : unknown;

/** @throws any error; the router's `mapError`, then {@link HttpError}, decide the answer, everything else is a 500 without detail. */
export type RouteHandler<P extends ZodType, Q extends ZodType, B extends ZodType> = (
  request: ServerRequest<Parsed<P>, Parsed<Q>, Parsed<B>>,
) => Promise<RouteResponse> | RouteResponse;

/** Turns a capability's error into an answer; `undefined` when the error is none of its own. */
export type ErrorMapper = (error: unknown) => MappedError | undefined;

/** A capability error in HTTP terms. `message` is shown to the client. */
export interface MappedError {
  readonly statusCode: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes `attributes` of the JSON error body, for example `{ code }`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Adds one capability's routes; they share an error mapper. */
export interface Router {
  /** Registers one route. @throws Error naming method and path when the same route exists, or after start. */
  add<P extends ZodType, Q extends ZodType, B extends ZodType>(
    route: RouteDefinition<P, Q, B>,
    handler: RouteHandler<P, Q, B>,
  ): void;
}

/** What authentication sees of a request. */
export interface AuthenticationRequest {
  readonly headers: IncomingHttpHeaders;
  /** Keyed by the names with which they are set; see {@link HttpSetup.cookiePrefix}. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /**
   * Cookies without our prefix: set by an earlier version, or by a sibling subdomain of an
   * attacker. Empty when there is no prefix.
   */
  readonly unprefixedCookies: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  readonly requestId: string;
  /**
   * Present when a browser navigates to a page: a GET whose `Accept` names `text/html`, without the headers programs
   * send (`kbn-xsrf`, `kbn-version`), on a page (`options.isPage`) that demands a user.
   * `returnPath` is path and query as the browser asked for them, with base path and space prefix.
   */
  readonly navigation?: { readonly returnPath: string };
}

/** `unauthenticated` carries why, for the 401 message; cookies are set on whatever answer follows. */
export type AuthenticationResult =
  | {
      readonly type: 'authenticated';
      readonly user: AuthenticatedUser;
      readonly cookies?: readonly CookieToSet[];
    }
  | {
      readonly type: 'unauthenticated';
      readonly reason?: string;
      readonly cookies?: readonly CookieToSet[];
      /** Where a browser that navigates is sent (302) instead of getting a 401. Path as the browser must ask for it. */
      readonly redirectTo?: string;
    };

/** Builds URLs; the only place that knows the base path and the space prefix. */
export interface UrlBuilder {
  /** `server.basePath`, `''` when unset. */
  readonly basePath: string;
  /** `server.publicBaseUrl` without a trailing slash; `undefined` when unset. It includes the base path, as in Kibana. */
  readonly publicBaseUrl: string | undefined;
  /** Path as the browser must ask for it: base path, then `/s/{spaceId}` unless `default` or absent, then `path`. */
  path(path: string, spaceId?: string): string;
  /** Absolute URL on `publicBaseUrl`. @throws HttpError 400 when `server.publicBaseUrl` is unset. */
  publicUrl(path: string, spaceId?: string): string;
}

/** What plugins do with HTTP while they set up. */
export interface HttpSetup {
  createRouter(options?: { readonly mapError?: ErrorMapper }): Router;
  readonly urls: UrlBuilder;
  /** Prefix of cookie names in browsers. Core adds and removes it. */
  readonly cookiePrefix: CookiePrefix;
  /**
   * Exactly one plugin (security) does this. An HttpError it throws (too many attempts) is the answer of the request.
   * @throws Error on a second call.
   */
  registerAuthenticator(
    authenticate: (request: AuthenticationRequest) => Promise<AuthenticationResult>,
  ): void;
  /** Exactly one plugin (security) does this. Resolves to the privileges that are missing; empty: allowed. */
  registerAuthorizer(
    missingPrivileges: (
      principal: Principal,
      required: readonly string[],
      request: { readonly path: string },
    ) => Promise<readonly string[]>,
  ): void;
  /**
   * Exactly one plugin (spaces) does this. `false` answers 404 for every path under that space: it
   * does not exist, or the user has no privilege in it. Not called for requests without a user,
   * whose responses must not show which spaces exist.
   */
  registerSpaceGuard(
    spaceExists: (spaceId: string, principal: Principal) => Promise<boolean>,
  ): void;
}
