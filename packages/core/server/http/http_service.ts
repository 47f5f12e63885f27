import type { IncomingMessage } from 'node:http';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  InjectOptions,
  LightMyRequestResponse,
} from 'fastify';
import type { Route } from '../../common/index.ts';
import { LineLimiter, type Logger, type SkippedLines } from '../logging/index.ts';
import type { Clock, Randomness } from '../time/index.ts';
import type { CompiledRoute } from './compiled_route.ts';
import { compressed } from './compressed_response.ts';
import { type CookiePolicy, cookiePolicy, setCookies, splitCookies } from './cookies.ts';
import { createFastify, type HttpConfig } from './create_fastify.ts';
import { createRouter, type VerifyResponse } from './create_router.ts';
import { type ErrorResponse, errorBody, toErrorResponse } from './error_response.ts';
import { createHostCheck } from './host_names.ts';
import { HttpError } from './http_error.ts';
import { dropContentTypeOfEmptyBody } from './json_body.ts';
import { networkOf } from './network_of.ts';
import {
  guardLateBody,
  guardRequest,
  HTML,
  isNavigating,
  type RequestGuard,
  type RequestGuardHooks,
} from './request_guard.ts';
import { authorityOf, refuseBadUrl } from './rewrite_url.ts';
import { RouteTable } from './route_table.ts';
import { securityHeaders } from './security_headers.ts';
import type { HttpSetup, NotFoundPage, RouteResponse, UrlBuilder } from './types.ts';
import { createUrlBuilder } from './url_builder.ts';
import { validatePart } from './validate.ts';

/** Called for every finished response. `template` is the route's path, never the URL. */
export type ResponseObserver = (
  method: string,
  template: string,
  statusCode: number,
  seconds: number,
) => void;

/** Options of the HTTP service. */
export interface HttpServiceOptions {
  readonly config: HttpConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly observe?: ResponseObserver;
  readonly notFoundPage: NotFoundPage;
  /** Id of the build, sent to signed-in users so that pages notice an upgrade. */
  readonly buildId?: string;
  /** Check of every response, for tests; see {@link VerifyResponse}. */
  readonly verify?: VerifyResponse;
}

/**
 * The HTTP server: one fastify instance behind the contract of `types.ts`. States: collecting
 * (routes and hooks may be added) → ready (no more may be added; `inject` works) → listening →
 * draining (running requests finish, new ones get 503) → closed.
 */
export class HttpService {
  readonly urls: UrlBuilder;
  readonly #options: HttpServiceOptions;
  readonly #app: FastifyInstance;
  readonly #table = new RouteTable();
  readonly #cookies: CookiePolicy;
  readonly #servesHost: ReturnType<typeof createHostCheck>;
  /** Limits the number of warnings that anyone can cause without credentials. */
  readonly #limiter: LineLimiter;
  readonly #hooks: RequestGuardHooks = {
    authenticate: undefined,
    missingPrivileges: undefined,
    spaceExists: undefined,
  };
  /** Security headers of every response. Empty until the server is ready. */
  #headers: Readonly<Record<string, string>> = {};
  #ready: Promise<void> | undefined;
  #draining = false;

  constructor(options: HttpServiceOptions) {
    const { config } = options;
    this.#options = options;
    this.#servesHost = createHostCheck(config);
    this.#limiter = new LineLimiter(options.clock);
    this.urls = createUrlBuilder(config);
    this.#cookies = cookiePolicy(config);
    this.#app = createFastify(config, options.randomness, (error, request, reply) => {
      reply.headers(this.#headers).header('x-request-id', request.id);
      this.#respondWithError(error, request, reply);
    });
  }

  /** Functions for plugins, and for the routes of core. */
  get setup(): HttpSetup {
    return {
      urls: this.urls,
      cookiePrefix: this.#cookies.prefix,
      createRouter: (options = {}) =>
        createRouter({ table: this.#table, verify: this.#options.verify }, options),
      registerAuthenticator: (authenticate) => this.#register('authenticate', authenticate),
      registerAuthorizer: (missing) => this.#register('missingPrivileges', missing),
      registerSpaceGuard: (spaceExists) => this.#register('spaceExists', spaceExists),
    };
  }

  /** Returns `true` if a plugin has registered this hook. */
  has(hook: keyof RequestGuardHooks): boolean {
    return this.#hooks[hook] !== undefined;
  }

  /** All routes registered so far, in order. */
  get routes(): readonly Route[] {
    return this.#table.routes.map((route) => route.contract);
  }

  /** Ends the registration of routes and hooks. Safe to call twice. */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare();
    return this.#ready;
  }

  /**
   * Starts to accept connections.
   * @returns the address it listens on, for example `http://127.0.0.1:5601`
   */
  async listen(): Promise<string> {
    await this.ready();
    const { host, port } = this.#options.config;
    return this.#app.listen({ host, port });
  }

  /** Returns the number of open connections. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#app.server.getConnections((error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  /** Sends a request through the whole server except the socket. */
  async inject(request: InjectOptions): Promise<LightMyRequestResponse> {
    await this.ready();
    return this.#app.inject(request);
  }

  /**
   * Stops accepting requests, lets running requests finish for up to `shutdownTimeoutMs`, then
   * aborts them. Safe to call twice.
   */
  async stop(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#limiter.flush();
    await this.#ready?.catch(() => undefined);
    const { server } = this.#app;
    const timeout = new AbortController();
    const closed = this.#app.close().finally(() => timeout.abort());
    const deadline = this.#options.clock
      .sleep(this.#options.config.shutdownTimeoutMs, timeout.signal)
      .then(() => {
        this.#options.logger.warn(
          'Running requests were aborted because the shutdown timeout has passed',
        );
        server.closeAllConnections();
      })
      .catch(() => undefined);
    await Promise.all([closed, deadline]);
    this.#limiter.flush();
  }

  #register<K extends keyof RequestGuardHooks>(
    name: K,
    hook: NonNullable<RequestGuardHooks[K]>,
  ): void {
    if (this.#hooks[name] !== undefined) throw new Error(`http: ${name} is registered twice`);
    if (this.#ready !== undefined) throw new Error(`http: ${name} must be registered in setup`);
    this.#hooks[name] = hook;
  }

  async #prepare(): Promise<void> {
    const routes = this.#table.close();
    const { strictTransportSecurity } = this.#options.config;
    this.#headers = await securityHeaders(
      this.#cookies.alwaysSecure ? (strictTransportSecurity ?? undefined) : undefined,
    );
    const app = this.#app;
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(this.#headers).header('x-request-id', request.id);
      if (this.#draining) throw shuttingDown();
      this.#refuseForeignHost(request);
      refuseBadUrl(request.raw);
      dropContentTypeOfEmptyBody(request.raw);
      done();
    });
    this.#observeResponses();
    app.setErrorHandler<FastifyError>((error, request, reply) =>
      this.#respondWithError(error, request, reply),
    );
    app.setNotFoundHandler((request, reply) => this.#respondNotFound(request, reply));
    for (const route of routes) this.#mount(route);
    await app.ready();
  }

  /**
   * Checks the host of a request. A URL in absolute form contains a host too.
   * @throws HttpError 421 (RFC 9110 §15.5.20) when the request names another host; 400 (RFC 9112
   * §3.2) when it has two `Host` headers, because a proxy may have checked the other one
   */
  #refuseForeignHost({ raw, ip }: FastifyRequest): void {
    if (hasTwoHosts(raw)) throw new HttpError(400, 'The request has more than one Host header.');
    const { localAddress } = raw.socket;
    const host = [raw.headers.host, authorityOf(raw)].find(
      (each) => !this.#servesHost({ host: each, localAddress }),
    );
    if (host === undefined) return;
    const refused = ({ count, network }: Pick<SkippedLines, 'count' | 'network'>): void =>
      this.#options.logger.warn(
        `Refused ${count} ${count === 1 ? 'request' : 'requests'} from ${network ?? 'several networks'} for a host that this server does not serve; see [server.trustedHostNames]`,
        { url: { domain: host } },
      );
    const network = networkOf(ip);
    if (this.#limiter.admits({ kind: 'foreign_host', network }, refused)) {
      refused({ count: 1, network });
    }
    throw new HttpError(
      421,
      'This server does not serve the host of this request. Use its public address, or ask an administrator to add the host to [server.trustedHostNames].',
    );
  }

  #observeResponses(): void {
    const { observe } = this.#options;
    if (observe === undefined) return;
    this.#app.addHook('onResponse', (request, reply, done) => {
      const template = request.routeOptions.config.route?.template ?? 'unknown';
      observe(request.method, template, reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }

  #mount(route: CompiledRoute): void {
    const guard: RequestGuard = {
      hooks: this.#hooks,
      cookies: this.#cookies,
      urls: this.urls,
      serverName: this.#options.config.name,
      buildId: this.#options.buildId,
      notFoundPage: this.#options.notFoundPage,
    };
    this.#app.route({
      method: route.method,
      url: route.routerPath,
      config: { route },
      ...(route.maxBodyBytes === undefined ? {} : { bodyLimit: route.maxBodyBytes }),
      onRequest: (request, reply) => guardRequest(guard, request, reply),
      handler: (request, reply) => this.#handle(guard, request, reply),
    });
  }

  async #handle(
    guard: RequestGuard,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    const { routed } = request;
    const { route } = request.routeOptions.config;
    if (routed === null || route === undefined)
      throw new Error('The request guard has not accepted this request');
    if (routed.isBodyLate) {
      const refused = await guardLateBody(guard, { route, routed, reply });
      if (refused !== undefined) return refused;
    }
    if (route.params !== undefined) {
      routed.params = validatePart('params', route.params, namedParams(route, request.params));
    }
    if (route.query !== undefined) {
      routed.query = validatePart('query', route.query, request.query);
    }
    if (route.body !== undefined) routed.body = validatePart('body', route.body, request.body);
    const response = await route.handler(routed as never);
    const encoding = request.headers['accept-encoding'];
    const sent = route.isCompressible ? await compressed(response, encoding) : response;
    return this.#send(sent, routed.isSecure, reply);
  }

  #send(response: RouteResponse, isSecure: boolean, reply: FastifyReply): FastifyReply {
    reply.code(response.status);
    if (response.headers !== undefined) reply.headers(response.headers);
    if (response.cookies !== undefined) {
      setCookies(reply, response.cookies, this.#cookies, isSecure);
    }
    if (this.#draining) reply.header('connection', 'close');
    return reply.send(response.body);
  }

  #respondWithError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const response = isDisconnect(error, request.raw)
      ? this.#respondToDisconnect(request)
      : toErrorResponse(error, request.id, request.routeOptions.config?.route?.mapError);
    if (response.statusCode >= 500)
      this.#logFailure(error, response.known, request, response.statusCode);
    if (response.headers !== undefined) reply.headers(response.headers);
    if (this.#draining) reply.header('connection', 'close');
    if (isLostNavigation(request, response.statusCode)) {
      const { headers } = request;
      const { own: cookies } = splitCookies(headers.cookie, this.#cookies.prefix);
      const page = this.#options.notFoundPage({ headers, cookies }, 'page', this.urls);
      reply.code(response.statusCode).type(HTML).send(page);
      return;
    }
    reply
      .code(response.statusCode)
      .type('application/json; charset=utf-8')
      .send(errorBody(response));
  }

  /**
   * Creates the response for a client that has disconnected. It is logged at debug level: otherwise
   * any client could fill the log with server faults by disconnecting.
   */
  #respondToDisconnect(request: FastifyRequest): ErrorResponse {
    this.#options.logger.debug(
      `${request.method} ${templateOf(request)}: the client disconnected before its request was complete`,
      {
        http: { request: { id: request.id, method: request.method } },
      },
    );
    return { statusCode: 400, message: 'The request is incomplete.', known: true };
  }

  #logFailure(error: unknown, known: boolean, request: FastifyRequest, statusCode: number): void {
    const message = `${request.method} ${templateOf(request)} failed with ${statusCode}`;
    const response = { status_code: statusCode };
    if (request.routed?.user === undefined) {
      const source = { kind: `${known} ${message}`, network: networkOf(request.ip) };
      const isWritten = this.#limiter.admits(source, ({ count, network }) =>
        this.#options.logger.warn(
          `${message}: repeated ${count} more times by requests without credentials from ${network ?? 'several networks'}`,
          { http: { response } },
        ),
      );
      if (!isWritten) return;
    }
    this.#options.logger[known ? 'warn' : 'error'](message, {
      error,
      http: { request: { id: request.id, method: request.method }, response },
    });
  }

  #respondNotFound(request: FastifyRequest, reply: FastifyReply): void {
    const allowed = request.method === 'OPTIONS' ? this.#table.methodsOf(pathOf(request.raw)) : [];
    if (allowed.length === 0) throw new HttpError(404, 'Not Found');
    reply.code(204).header('allow', allowed.join(', ')).send();
  }
}

/** Paths that programs call. A user who opens one sees the same error as a program. */
const OF_PROGRAMS = /^\/(api|internal)\//;

/** Returns `true` if a user entered an address, or followed a link, that does not exist. */
const isLostNavigation = (request: FastifyRequest, statusCode: number): boolean =>
  (statusCode === 404 || statusCode === 400) &&
  !request.routed &&
  isNavigating(request) &&
  !OF_PROGRAMS.test(request.url);

const templateOf = (request: FastifyRequest): string =>
  request.routeOptions.config?.route?.template ?? 'unknown route';

/**
 * Returns `true` if the error was caused by a sender that disconnected before its body was
 * complete.
 */
function isDisconnect(error: unknown, message: IncomingMessage): boolean {
  return message.errored !== null && message.errored === error;
}

function namedParams(route: CompiledRoute, params: unknown): unknown {
  if (route.wildcard === undefined) return params;
  const { '*': rest, ...named } = params as Record<string, unknown>;
  return { ...named, [route.wildcard]: rest };
}

/**
 * Returns `true` if a request has two `Host` headers. Node keeps only the first one in `headers`.
 */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count > 1;
}

function pathOf(message: IncomingMessage): string {
  const url = message.url ?? '/';
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function shuttingDown(): HttpError {
  return new HttpError(503, 'The server is shutting down.', { headers: { 'retry-after': '5' } });
}
