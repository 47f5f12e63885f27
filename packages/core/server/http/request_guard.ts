import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_SPACE_ID, UNKNOWN_SPACE_HEADER, USER_HEADER } from '../../common/index.ts';
import type { CompiledRoute } from './compiled_route.ts';
import { type CookiePolicy, setCookies } from './cookies.ts';
import { HttpError } from './http_error.ts';
import { labelBodyAsJson } from './json_body.ts';
import { RoutedRequest } from './server_request.ts';
import type {
  AuthenticationRequest,
  AuthenticationResult,
  HttpSetup,
  NotFoundPage,
  UrlBuilder,
} from './types.ts';

/** Hooks that plugins register for requests. Each is `undefined` until its plugin registers it. */
export interface RequestGuardHooks {
  authenticate: Parameters<HttpSetup['registerAuthenticator']>[0] | undefined;
  missingPrivileges: Parameters<HttpSetup['registerAuthorizer']>[0] | undefined;
  spaceExists: Parameters<HttpSetup['registerSpaceGuard']>[0] | undefined;
}

/** Hooks of plugins and settings that the request guard reads for every request. */
export interface RequestGuard {
  readonly hooks: RequestGuardHooks;
  readonly cookies: CookiePolicy;
  readonly urls: UrlBuilder;
  /** Value of the header `kbn-name`, from `server.name`. */
  readonly serverName: string;
  /** Id of the build, for a header of responses to signed-in users. `undefined`: it is not sent. */
  readonly buildId: string | undefined;
  readonly notFoundPage: NotFoundPage;
}

/** Version of Kibana's public API. Clients of Kibana look for it in responses of public routes. */
const PUBLIC_API_VERSION = '2023-10-31';

/** Content type of pages. */
export const HTML = 'text/html; charset=utf-8';

/** Query parameter that Kibana accepts instead of the header, for clients that cannot set one. */
const INTERNAL_ORIGIN_PARAMETER = 'elasticInternalOrigin';

/** Response header with the name of this server, for signed-in users only. */
const NAME_HEADER = 'kbn-name';
const BUILD_HEADER = 'x-latchkey-build';

/**
 * Checks a request between routing and reading the body, in this order: cross-site header, internal
 * header, user, space, privileges. It fails closed: without a registered hook there is no user, no
 * privilege is granted and only the default space exists. {@link guardLateBody} repeats the checks.
 * @returns the reply when the guard sent a response
 */
export async function guardRequest(
  guard: RequestGuard,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const route = request.routeOptions.config.route;
  if (route === undefined) return undefined;
  if (route.isVersioned) reply.header('elastic-api-version', PUBLIC_API_VERSION);
  const isMarkedAsInternal = removeInternalOrigin(request);
  checkHeaders(route, request.headers, isMarkedAsInternal);
  if (route.needsXsrfHeader) labelBodyAsJson(request.raw);
  const routed = new RoutedRequest(request, reply, guard.cookies.prefix);
  request.routed = routed;
  // A body that came with the headers is read by Node before an awaited value resolves.
  await undefined;
  routed.isBodyLate = isIncomplete(request.raw);
  return checkCaller(guard, { route, routed, reply });
}

/**
 * Checks user, space and privileges again, after a body that was not complete at the first check. A
 * client can send the end of the body long after the headers, and its user can lose rights
 * meanwhile (F148).
 * @returns the reply when the guard sent a response
 */
export async function guardLateBody(
  guard: RequestGuard,
  { route, routed, reply }: GuardedRequest,
): Promise<FastifyReply | undefined> {
  routed.user = undefined;
  for (const name of [NAME_HEADER, BUILD_HEADER, USER_HEADER]) reply.removeHeader(name);
  return checkCaller(guard, { route, routed, reply });
}

/**
 * Returns `true` if bytes of the body are still to come. Chunked bodies count as incomplete until
 * Node has read the next event. An injected request has no socket, and its `complete` is undefined.
 */
function isIncomplete({ complete, readableLength, headers }: IncomingMessage): boolean {
  return complete === false && !(readableLength >= Number(headers['content-length']));
}

/** A request that the guard checks, with its route. */
interface GuardedRequest {
  readonly route: CompiledRoute;
  readonly routed: RoutedRequest;
  readonly reply: FastifyReply;
}

/** Finds the user, and checks the space and the privileges of the route. */
async function checkCaller(
  guard: RequestGuard,
  { route, routed, reply }: GuardedRequest,
): Promise<FastifyReply | undefined> {
  if (route.authentication !== 'none') {
    const loginPage = await authenticate(route, guard, routed, reply);
    if (loginPage !== undefined) return reply.redirect(loginPage);
    // The name of the server must not be public, because by default it is the name of the machine;
    // nor must its version.
    if (routed.user !== undefined) {
      reply.header(NAME_HEADER, guard.serverName);
      if (guard.buildId !== undefined) reply.header(BUILD_HEADER, guard.buildId);
      if (routed.user.authenticationType === 'session')
        nameUser(routed, encodeURIComponent(routed.user.username), reply);
    }
  }
  // A client without credentials must not learn which spaces exist (F71).
  const isInSpace = routed.spaceId !== DEFAULT_SPACE_ID && routed.user !== undefined;
  if (isInSpace && !(await existsSpace(guard.hooks, routed))) {
    if (route.isPage && isNavigating(routed))
      return reply
        .code(404)
        .type(HTML)
        .send(guard.notFoundPage(routed, 'space', guard.urls));
    throw new HttpError(404, 'Not Found', { headers: { [UNKNOWN_SPACE_HEADER]: 'true' } });
  }
  if (route.requiredPrivileges.length > 0) await authorize(route, guard.hooks, routed);
  return undefined;
}

function checkHeaders(
  route: CompiledRoute,
  headers: IncomingHttpHeaders,
  isMarkedAsInternal: boolean,
): void {
  if (route.needsXsrfHeader && !isMarkedAsOwn(headers)) {
    throw new HttpError(400, 'The kbn-xsrf header is missing from this request.');
  }
  if (route.isInternal && !isMarkedAsInternal) {
    throw new HttpError(
      400,
      'This route is internal: it needs the x-elastic-internal-origin header.',
    );
  }
}

/**
 * Sends the name of the session's user, and refuses a change by a page that another user opened.
 */
function nameUser({ method, headers }: RoutedRequest, user: string, reply: FastifyReply): void {
  reply.header(USER_HEADER, user);
  const pageUser = headers[USER_HEADER];
  if (method === 'GET' || pageUser === undefined || pageUser === user) return;
  throw new HttpError(412, 'Another user has signed in in this browser. Nothing was changed.');
}

/**
 * Returns `true` if the caller declares that it calls internal routes. Removes the declaration from
 * the query, because the schemas of routes do not contain it.
 */
function removeInternalOrigin({ headers, query }: FastifyRequest): boolean {
  const parameters = query as Record<string, unknown>;
  const isInQuery = Object.hasOwn(parameters, INTERNAL_ORIGIN_PARAMETER);
  const value = parameters[INTERNAL_ORIGIN_PARAMETER];
  if (isInQuery) delete parameters[INTERNAL_ORIGIN_PARAMETER];
  return headers['x-elastic-internal-origin'] !== undefined || value === 'true';
}

/**
 * Returns `true` if a request has one of the headers that Kibana's own pages and clients send. A
 * page of another site can send neither.
 */
const isMarkedAsOwn = (headers: IncomingHttpHeaders): boolean =>
  headers['kbn-xsrf'] !== undefined || headers['kbn-version'] !== undefined;

/**
 * Finds the user of a request.
 * @returns address of the login page for a browser without a session, when the authenticator named
 * one
 */
async function authenticate(
  route: CompiledRoute,
  guard: RequestGuard,
  routed: RoutedRequest,
  reply: FastifyReply,
): Promise<string | undefined> {
  const isNavigation = route.isPage && route.authentication === 'required' && isNavigating(routed);
  const identity = isNavigation ? withReturnPath(routed, guard.urls) : routed;
  const result = await recognise(route, guard.hooks, identity);
  if (result?.cookies !== undefined) {
    setCookies(reply, result.cookies, guard.cookies, routed.isSecure);
  }
  if (result?.type === 'authenticated') {
    routed.user = result.user;
    return undefined;
  }
  if (route.authentication !== 'required') return undefined;
  if (isNavigation && result?.redirectTo !== undefined) return result.redirectTo;
  throw unauthenticated(result?.reason);
}

/** Returns `true` if a browser requests a page. Programs request data. */
export const isNavigating = ({
  method,
  headers,
}: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'GET' && (headers.accept?.includes('text/html') ?? false) && !isMarkedAsOwn(headers);

async function recognise(
  route: CompiledRoute,
  { authenticate: authenticateRequest }: RequestGuardHooks,
  identity: AuthenticationRequest,
): Promise<AuthenticationResult | undefined> {
  try {
    return await authenticateRequest?.(identity);
  } catch (error) {
    // A route with best effort serves every caller, even when no user can be authenticated.
    if (route.authentication === 'best_effort') return undefined;
    throw error;
  }
}

function withReturnPath(routed: RoutedRequest, urls: UrlBuilder): AuthenticationRequest {
  const { headers, cookies, unprefixedCookies, remoteAddress, requestId } = routed;
  const returnPath = urls.path(routed.url, routed.spaceId);
  const identity = { headers, cookies, unprefixedCookies, remoteAddress, requestId };
  return { ...identity, navigation: { returnPath } };
}

async function existsSpace(hooks: RequestGuardHooks, routed: RoutedRequest): Promise<boolean> {
  return (await hooks.spaceExists?.(routed.spaceId, routed)) ?? false;
}

async function authorize(
  route: CompiledRoute,
  hooks: RequestGuardHooks,
  routed: RoutedRequest,
): Promise<void> {
  const required = route.requiredPrivileges;
  const missing = (await hooks.missingPrivileges?.(routed, required, routed)) ?? required;
  if (missing.length === 0) return;
  if (routed.user === undefined) throw unauthenticated(undefined);
  throw new HttpError(
    403,
    `${route.method} ${route.template} needs privileges that you do not have in this space: [${missing.join(', ')}].`,
  );
}

function unauthenticated(reason: string | undefined): HttpError {
  // RFC 9110 §11.6.1 requires a challenge. With `Basic`, browsers would open their own dialog over
  // the login page.
  return new HttpError(401, reason ?? 'Sign in first.', {
    headers: { 'www-authenticate': 'ApiKey' },
  });
}
