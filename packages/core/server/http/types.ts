import type { IncomingHttpHeaders } from 'node:http';
import type {
  ResponseInput,
  Route,
  RouteBody,
  RouteParams,
  RouteQuery,
  RouteStatus,
} from '../../common/index.ts';

/**
 * Method by which a caller authenticated. `deferred`: the user did not send this request. The
 * server does work that the user requested earlier, and created the principal from stored ids.
 */
export type AuthenticationType = 'session' | 'basic' | 'api_key' | 'deferred';

/** The signed-in user of a request. */
export interface AuthenticatedUser {
  readonly username: string;
  /**
   * Stable id of the user. Stays the same when the user is renamed. An API key carries the id of
   * its owner.
   */
  readonly profileUid: string;
  readonly roles: readonly string[];
  readonly fullName?: string;
  readonly email?: string;
  readonly authenticationType: AuthenticationType;
  /**
   * Id of the API key. Present when `authenticationType` is `api_key`, and for `deferred` work that
   * a request with an API key started. Both have only the privileges that the key allows.
   */
  readonly apiKeyId?: string;
  /**
   * Name of the API key, present with {@link apiKeyId}. The owner chose it, so it does not identify
   * the key.
   */
  readonly apiKeyName?: string;
}

/**
 * The user and the space for which something happens. Services take this instead of a request, so
 * that background work and requests use the same code.
 */
export interface Principal {
  /** Signed-in user. `undefined`: the route needs no authentication, and no user is signed in. */
  readonly user: AuthenticatedUser | undefined;
  readonly spaceId: string;
  /** Id that correlates log lines and audit events. `undefined` for background work. */
  readonly requestId?: string;
  /** Address of the client, as a trusted proxy reports it. `undefined` for background work. */
  readonly remoteAddress?: string;
}

/** One inbound request after routing, authentication and validation. */
export interface ServerRequest<P = unknown, Q = unknown, B = unknown> extends Principal {
  readonly requestId: string;
  readonly method: string;
  /** Path and query, without base path and space prefix. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Cookies of the request by name, without the prefix {@link HttpSetup.cookiePrefix}. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /**
   * Cookies without the prefix of this server. An earlier version, or an attacker's sibling
   * subdomain, has set them. Empty when there is no prefix.
   */
  readonly unprefixedCookies: Readonly<Record<string, string | undefined>>;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly remoteAddress: string;
  /** `true` when the browser uses https, directly or as a trusted proxy reports it. */
  readonly isSecure: boolean;
  /** Signal that aborts when the client disconnects before the response. */
  readonly signal: AbortSignal;
}

/**
 * Browsers accept a cookie whose name begins with `__Host-` only from this host, over https and for
 * the path `/` (RFC 6265bis §4.1.3.2). So a sibling subdomain cannot set a session or authorization
 * flow cookie here.
 */
export type CookiePrefix = '' | '__Host-';

/** A cookie to set. It is always `HttpOnly`, `Secure` on https, and its path is the base path. */
export interface CookieToSet {
  readonly name: string;
  /** Value of the cookie. An empty string clears the cookie. */
  readonly value: string;
  /** Lifetime of the cookie in seconds. `undefined`: a session cookie. */
  readonly maxAgeSeconds?: number;
  readonly sameSite?: 'lax' | 'strict' | 'none';
}

/**
 * Response of a handler. Build one with {@link respond}. Objects are sent as JSON, strings and
 * buffers unchanged, `undefined` as an empty body.
 */
export interface RouteResponse<S extends number = number, B = unknown> {
  readonly status: S;
  readonly body?: B;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly CookieToSet[];
}

/**
 * A failure as an HTML page, with a status of 400 or more. As for thrown errors, the contract of
 * the route need not document the status. Build one with `respond.errorPage`.
 */
export interface ErrorPage extends RouteResponse<number, string> {
  readonly isErrorPage: true;
}

/** Responses that the contract of a route allows; any response when it documents none. */
export type ResponseOf<T extends Route> = {
  [S in RouteStatus<T>]: RouteResponse<S, ResponseInput<T, S>>;
}[RouteStatus<T>];

/**
 * Handles the requests of one route.
 * @param services the services of the router, see {@link RouterOptions}
 * @throws any error. The response is what `mapError` of the router returns for it; otherwise that
 * of an {@link HttpError}; otherwise a 500 without details
 */
export type RouteHandler<T extends Route, S = undefined> = (
  request: ServerRequest<RouteParams<T>, RouteQuery<T>, RouteBody<T>>,
  services: S,
) => Promise<ResponseOf<T> | ErrorPage> | ResponseOf<T> | ErrorPage;

/**
 * Maps an error of a capability to a response. `undefined`: the error belongs to another
 * capability.
 */
export type ErrorMapper = (error: unknown) => MappedError | undefined;

/** A capability error in HTTP terms. `message` is shown to the client. */
export interface MappedError {
  readonly statusCode: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes `attributes` of the JSON error body, for example `{ code }`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Options that the routes of one router share. */
export interface RouterOptions<S = undefined> {
  readonly mapError?: ErrorMapper;
  /**
   * Provides the services of the plugin to its handlers. Routes are registered in `setup`, but
   * most services exist only after `start`, so core calls this for the first request and keeps the
   * result. When it throws or rejects, the request fails with that error and the next request calls
   * it again. Default: handlers get `undefined`.
   */
  readonly services?: () => S | Promise<S>;
}

/** Registers the routes of one plugin. `S`: the services that its handlers get. */
export interface Router<S = undefined> {
  /**
   * Registers one route.
   * @throws Error naming method and path when the same route exists, or after start
   */
  handle<const T extends Route>(route: T, handler: RouteHandler<T, S>): void;
}

/** The parts of a request that an authenticator may read. */
export interface AuthenticationRequest {
  readonly headers: IncomingHttpHeaders;
  /** Cookies of the request by name, without the prefix {@link HttpSetup.cookiePrefix}. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /**
   * Cookies without the prefix of this server. An earlier version, or an attacker's sibling
   * subdomain, has set them. Empty when there is no prefix.
   */
  readonly unprefixedCookies: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  readonly requestId: string;
  /**
   * Present when a browser navigates to a page that requires a user (`isPage`). Such a request is a
   * GET whose `Accept` names `text/html`, without the headers that programs send (`kbn-xsrf`,
   * `kbn-version`). `returnPath` is the path and query that the browser requested, with base path
   * and space prefix.
   */
  readonly navigation?: { readonly returnPath: string };
}

/**
 * Result of authentication. `unauthenticated` contains the reason for the message of the 401.
 * Cookies are set on the response to the request, whatever it is.
 */
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
      /**
       * A browser that navigates is redirected (302) to this path instead of getting a 401. The
       * path includes the base path.
       */
      readonly redirectTo?: string;
    };

/** Builds URLs. No other code adds the base path and the space prefix. */
export interface UrlBuilder {
  /** `server.basePath`, `''` when unset. */
  readonly basePath: string;
  /**
   * `server.publicBaseUrl` without a trailing slash; `undefined` when unset. It includes the base
   * path, as in Kibana.
   */
  readonly publicBaseUrl: string | undefined;
  /**
   * Returns the path that a browser must request: base path, then `/s/{spaceId}` unless the space
   * is `default` or not given, then `path`.
   */
  path(path: string, spaceId?: string): string;
  /**
   * Returns an absolute URL on `publicBaseUrl`.
   * @throws HttpError 400 when `server.publicBaseUrl` is unset
   */
  publicUrl(path: string, spaceId?: string): string;
}

/**
 * Renders the page for an address that does not exist. The page is the same whether a user has
 * signed in or not, and whether a space does not exist or the user may not enter it.
 */
export type NotFoundPage = (
  request: Pick<ServerRequest, 'cookies' | 'headers'>,
  missing: 'space' | 'page',
  urls: Pick<UrlBuilder, 'path'>,
) => string;

/** HTTP functions for the setup of plugins. */
export interface HttpSetup {
  /** Creates a router. Call it in `setup`. One router per plugin is enough. */
  createRouter<S = undefined>(options?: RouterOptions<S>): Router<S>;
  readonly urls: UrlBuilder;
  /** Prefix of cookie names in browsers. Core adds and removes it. */
  readonly cookiePrefix: CookiePrefix;
  /**
   * Registers the authenticator of requests. Only one plugin (security) calls this. An HttpError
   * that the authenticator throws, for example after too many attempts, becomes the response.
   * @throws Error on a second call
   */
  registerAuthenticator(
    authenticate: (request: AuthenticationRequest) => Promise<AuthenticationResult>,
  ): void;
  /**
   * Registers the check of privileges. Only one plugin (security) calls this. `missingPrivileges`
   * resolves to the privileges that the user lacks; empty: allowed.
   */
  registerAuthorizer(
    missingPrivileges: (
      principal: Principal,
      required: readonly string[],
      request: { readonly path: string },
    ) => Promise<readonly string[]>,
  ): void;
  /**
   * Registers the check of spaces. Only one plugin (spaces) calls this. `spaceExists` resolves to
   * `false` if the space does not exist or the user has no privilege in it; then every path under
   * that space gives 404. It is not called for requests without a user, whose responses must not
   * reveal which spaces exist.
   */
  registerSpaceGuard(
    spaceExists: (spaceId: string, principal: Principal) => Promise<boolean>,
  ): void;
}
