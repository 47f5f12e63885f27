import { createLoggerMock, type LoggerMock } from '../logging/logger.mock.ts';
import { systemClock } from '../time/index.ts';
import { seededRandomness } from '../time/manual_time.mock.ts';
import type { HttpConfig } from './create_fastify.ts';
import { aNotFoundPage, anHttpConfig } from './http_config.mock.ts';
import { HttpService } from './http_service.ts';
import { anAuthenticatedUser } from './principal.mock.ts';
import type { AuthenticatedUser, HttpSetup } from './types.ts';
import { verifyResponse } from './verify_response.mock.ts';

/** Options of a harness, which apply to all its requests. */
export interface RouterHarnessOptions {
  /**
   * Signed-in user of requests that do not override it. `null`: no user is signed in. Default: Ana.
   */
  readonly user?: AuthenticatedUser | null;
  /**
   * Privileges that no user has, even if a route requires them. Default: users have all privileges.
   */
  readonly missingPrivileges?: readonly string[];
  /** Spaces that exist in addition to `default`. */
  readonly spaces?: readonly string[];
  readonly publicBaseUrl?: string;
  /** Base path of the server. It is prepended to URLs that do not begin with it. */
  readonly basePath?: string;
  /** Further settings of the HTTP server. */
  readonly config?: Partial<HttpConfig>;
}

/** One request of a test. */
export interface HarnessRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of the request. Objects are sent as JSON, strings unchanged. */
  readonly body?: string | object;
  /** Address of the client. Default: loopback. */
  readonly remoteAddress?: string;
  /**
   * Replaces the user of the harness for this request. `null`: no user is signed in. Ignored when
   * the plugin has registered an authenticator.
   */
  readonly user?: AuthenticatedUser | null;
  /** `false` leaves out `kbn-xsrf` and `x-elastic-internal-origin`. Default `true`. */
  readonly defaultHeaders?: boolean;
}

/** One response. Its body is parsed when it is JSON. */
export interface HarnessResponse<B = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: readonly {
    readonly name: string;
    readonly value: string;
    readonly [attribute: string]: unknown;
  }[];
  readonly body: B;
  readonly text: string;
  /** Body before decompression. */
  readonly bytes: Buffer;
}

/** A real HTTP server without a socket, and functions to send requests to it. */
export interface RouterHarness {
  readonly http: HttpSetup;
  readonly logger: LoggerMock;
  /**
   * Sends a request like {@link inject}, but in the form of `fetch`, for the HTTP client. Sends no
   * default headers; the URL is a path.
   */
  fetch(
    url: string,
    init: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    },
  ): Promise<{
    readonly status: number;
    readonly headers: { get(name: string): string | null };
    text(): Promise<string>;
  }>;
  /**
   * Sends a request. The first one ends the registration of routes and hooks. `B` is the type of
   * body that the test expects; it is not checked.
   */
  inject<B = unknown>(request: HarnessRequest): Promise<HarnessResponse<B>>;
  close(): Promise<void>;
}

/** Header that tells the authenticator of the harness which user sends a request. */
const USER_HEADER = 'x-harness-user';

/**
 * Runs a plugin's routes through the real HTTP server, request guard, validation and error mapping.
 * Hooks that the plugin does not register come from the options.
 */
export function createRouterHarness(options: RouterHarnessOptions = {}): RouterHarness {
  const logger = createLoggerMock('http');
  const service = new HttpService({
    config: harnessConfig(options),
    logger,
    clock: systemClock,
    randomness: seededRandomness('harness'),
    notFoundPage: aNotFoundPage,
    verify: verifyResponse,
  });
  const users = new Map<string, AuthenticatedUser | null>();
  const http = service.setup;
  let filled = false;
  const fillIn = (): void => {
    if (filled) return;
    filled = true;
    fillInHooks(service, http, options, users);
  };
  const inject = async <B>(request: HarnessRequest) => {
    fillIn();
    return toHarnessResponse<B>(await service.inject(toInjectOptions(request, options, users)));
  };
  return {
    http,
    logger,
    inject,
    fetch: async (url, init) => {
      const method = init.method as HarnessRequest['method'];
      const { status, headers, text } = await inject({
        ...init,
        url,
        method,
        defaultHeaders: false,
      });
      const get = (name: string) => headers[name.toLowerCase()]?.toString() ?? null;
      return { status, headers: { get }, text: async () => text };
    },
    close: () => service.stop(),
  };
}

function harnessConfig({ publicBaseUrl, basePath = '', config }: RouterHarnessOptions): HttpConfig {
  return anHttpConfig({
    basePath,
    rewriteBasePath: basePath !== '',
    publicBaseUrl: publicBaseUrl ?? `http://localhost:5601${basePath}`,
    maxPayloadBytes: 1024 * 1024,
    shutdownTimeoutMs: 1000,
    ...config,
  });
}

function fillInHooks(
  service: HttpService,
  http: HttpSetup,
  options: RouterHarnessOptions,
  users: ReadonlyMap<string, AuthenticatedUser | null>,
): void {
  const {
    user: defaultUser = anAuthenticatedUser(),
    missingPrivileges = [],
    spaces = [],
  } = options;
  if (!service.has('authenticate')) {
    http.registerAuthenticator(async ({ headers }) => {
      const named = users.get(String(headers[USER_HEADER]));
      const user = named === undefined ? defaultUser : named;
      return user === null ? { type: 'unauthenticated' } : { type: 'authenticated', user };
    });
  }
  if (!service.has('missingPrivileges')) {
    http.registerAuthorizer(async (principal, required) =>
      principal.user === undefined
        ? required
        : required.filter((name) => missingPrivileges.includes(name)),
    );
  }
  if (!service.has('spaceExists')) {
    http.registerSpaceGuard(async (spaceId) => spaceId === 'default' || spaces.includes(spaceId));
  }
}

function toInjectOptions(
  request: HarnessRequest,
  { basePath = '' }: RouterHarnessOptions,
  users: Map<string, AuthenticatedUser | null>,
) {
  const { method, url, body, user, remoteAddress, defaultHeaders = true } = request;
  const headers: Record<string, string> = {
    ...(defaultHeaders ? { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'kibana' } : {}),
    ...request.headers,
  };
  if (user !== undefined) {
    const name = `user-${users.size}`;
    users.set(name, user);
    headers[USER_HEADER] = name;
  }
  return {
    method,
    url: url.startsWith(basePath) ? url : `${basePath}${url}`,
    headers,
    ...(body === undefined ? {} : { payload: body }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}

function toHarnessResponse<B>(response: {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  readonly rawPayload: Buffer;
}): HarnessResponse<B> {
  const { headers } = response;
  const isJson =
    headers['content-encoding'] === undefined &&
    String(headers['content-type']).includes('application/json');
  return {
    status: response.statusCode,
    headers: headers as HarnessResponse['headers'],
    cookies: response.cookies,
    text: response.body,
    bytes: response.rawPayload,
    body: (isJson && response.body !== '' ? JSON.parse(response.body) : response.body) as B,
  };
}
