import {
  CookieJar,
  type PostedForm,
  type UserId,
  walkConsent,
  walkConsentToForm,
} from '@latchkey/dev-providers';
import { z } from 'zod';
import { type HttpResponse, send } from './http_client.ts';

/** A request as a user's browser or program sends it. */
export interface Call {
  readonly method: string;
  /** Path and query on the server. */
  readonly path: string;
  /** Body that is sent as JSON. */
  readonly body?: unknown;
  /** Body that is sent unchanged instead of `body`; `headers` must set its type. */
  readonly rawBody?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * `true`: adds the headers that Kibana requires for internal requests and for requests that
   * change state. Default: true.
   */
  readonly withKibanaHeaders?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Method and path of a call that needs no headers, as documentation writes them: `GET /api/status`.
 */
export type Route = `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`;

/** A server with a URL. */
export interface Reachable {
  readonly url: string;
}

const started = z.object({ authorizationUrl: z.string(), state: z.string(), flowId: z.string() });

/** Response to an execution. Unknown keys are kept, so that `toEqual` compares them. */
const execution = z.looseObject({
  connector_id: z.string(),
  status: z.enum(['ok', 'error']),
  data: z.unknown().optional(),
  message: z.string().optional(),
  service_message: z.string().optional(),
  retry: z.union([z.boolean(), z.string(), z.null()]).optional(),
  errorSource: z.string().optional(),
  authorization_reason: z.string().optional(),
});
export type Execution = z.infer<typeof execution>;

const connectionStatus = z.looseObject({
  user_auth_status: z.string(),
  connection_status: z.string().optional(),
  expires_at: z.string().optional(),
  last_error: z.object({ code: z.string(), at: z.string() }).optional(),
});

/**
 * One user with one browser, which has cookies for the installation (for all its processes) and
 * separate sessions at the providers. Keeps every response, so that a test can search all responses
 * for data that must not appear in them.
 */
export class TestUser {
  readonly username: string;
  readonly password: string;
  /** The user's account at the providers; `undefined`: none. */
  readonly account: UserId | undefined;
  readonly responses: HttpResponse[] = [];
  readonly #cookies = new CookieJar();
  readonly #providerCookies = new CookieJar();
  readonly #isProgram: boolean;

  /**
   * Creates a user who is not signed in.
   * @param who.isProgram `true`: sends the password with each request (HTTP Basic) instead of a
   * session, and keeps no response. Default: false
   */
  constructor(who: {
    readonly username: string;
    readonly password: string;
    readonly account?: UserId | undefined;
    readonly isProgram?: boolean;
  }) {
    this.#isProgram = who.isProgram ?? false;
    this.username = who.username;
    this.password = who.password;
    this.account = who.account;
  }

  /** Value of the `authorization` header with name and password. */
  get basicAuthorization(): string {
    return `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
  }

  /**
   * Like {@link call}, with the user's password (HTTP Basic).
   * @param headers headers in addition to those of every call
   */
  callWithPassword(
    server: Reachable,
    route: Route,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse> {
    const authorization = this.basicAuthorization;
    return this.call(server, { ...callOf(route, body), headers: { authorization, ...headers } });
  }

  /** Values of the user's cookies, which no log and no response may contain. */
  get cookieValues(): readonly string[] {
    return this.#cookies.valuesFor(atInstallation('/'));
  }

  /**
   * Sends a request as this user, and keeps the response.
   * @param body sent as JSON, when `what` is a {@link Route}
   */
  async call(server: Reachable, what: Call | Route, body?: unknown): Promise<HttpResponse> {
    const call = typeof what === 'string' ? callOf(what, body) : what;
    const { method, path, rawBody, headers, withKibanaHeaders = true, signal } = call;
    const at = atInstallation(path);
    const cookie = this.#cookies.headerFor(at);
    const response = await send({
      method,
      url: `${server.url}${path}`,
      headers: {
        ...(withKibanaHeaders
          ? { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'latchkey' }
          : {}),
        ...(cookie === undefined ? {} : { cookie }),
        ...(this.#isProgram ? { authorization: this.basicAuthorization } : {}),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: rawBody ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
      signal,
    });
    this.#cookies.store(at, response.headers['set-cookie'] ?? []);
    if (!this.#isProgram) this.responses.push(response);
    return response;
  }

  /**
   * Like {@link call}, but returns the parsed body.
   * @returns the parsed body; `undefined`: the body is empty
   * @throws Error with status and body when the response does not report success
   */
  async json(server: Reachable, what: Call | Route, body?: unknown): Promise<unknown> {
    const response = await this.call(server, what, body);
    const { request, status, text } = response;
    if (status >= 300) throw new Error(`${request.method} ${request.url}: ${status} ${text}`);
    return response.text === '' ? undefined : JSON.parse(response.text);
  }

  async logIn(server: Reachable, headers?: Call['headers']): Promise<HttpResponse> {
    const { username, password } = this;
    return this.call(server, {
      method: 'POST',
      path: '/internal/security/login',
      headers,
      body: {
        providerType: 'basic',
        providerName: 'basic',
        currentURL: `${server.url}/login`,
        params: { username, password },
      },
    });
  }

  async startFlow(server: Reachable, connectorId: string, returnUrl?: string) {
    const response = await this.json(server, {
      method: 'POST',
      path: `/internal/actions/connector/${connectorId}/_start_oauth_flow`,
      body: returnUrl === undefined ? {} : { returnUrl },
    });
    return started.parse(response);
  }

  /**
   * Follows an authorization URL through the provider's pages, as this user.
   * @param account account with which the user signs in there; default: the user's own
   * @returns the URL to which the provider redirects the browser, which is not requested yet
   */
  async consent(server: Reachable, authorizationUrl: string, account = this.account): Promise<URL> {
    if (account === undefined) throw new Error(`${this.username} has no account`);
    return walkConsent(authorizationUrl, {
      as: account,
      stopAtOrigin: server.url,
      // A user who has signed in with their own account would have to sign out first, so another
      // account gets a new browser session.
      cookieJar: account === this.account ? this.#providerCookies : new CookieJar(),
    });
  }

  /**
   * Like {@link consent}, for a provider whose last page submits a form to the server.
   * @returns the form, which is not submitted yet
   */
  async consentToForm(server: Reachable, authorizationUrl: string): Promise<PostedForm> {
    if (this.account === undefined) throw new Error(`${this.username} has no account`);
    return walkConsentToForm(authorizationUrl, {
      as: this.account,
      stopAtOrigin: server.url,
      cookieJar: this.#providerCookies,
    });
  }

  /**
   * Starts an authorization and follows it through the provider's pages.
   * @param over.account account with which the user signs in there; default: the user's own
   * @param over.publicServer process whose URL is the public one; default: `server`
   * @returns path and query of the callback, which is not requested yet
   */
  async callbackPath(
    server: Reachable,
    connectorId: string,
    over: { readonly account?: UserId; readonly publicServer?: Reachable } = {},
  ): Promise<string> {
    const { account, publicServer = server } = over;
    const { authorizationUrl } = await this.startFlow(server, connectorId);
    return pathOf(await this.consent(publicServer, authorizationUrl, account));
  }

  /**
   * Runs the whole authorization, and returns the response of the callback.
   * @param server the process whose URL is the public one
   */
  async connect(server: Reachable, connectorId: string): Promise<HttpResponse> {
    return this.call(server, `GET ${await this.callbackPath(server, connectorId)}`);
  }

  /**
   * Executes an action of a connector.
   * @throws Error when the response is not that of an execution
   */
  async execute(
    server: Reachable,
    connectorId: string,
    params: { readonly subAction: string; readonly subActionParams: unknown },
  ): Promise<Execution> {
    const response = await this.json(server, {
      method: 'POST',
      path: `/api/actions/connector/${connectorId}/_execute`,
      body: { params },
    });
    return execution.parse(response);
  }

  /** Returns the user's status of one connector; `undefined`: the user cannot see the connector. */
  async status(server: Reachable, connectorId: string) {
    const response = await this.json(server, {
      method: 'POST',
      path: '/internal/actions/connectors/_me/auth_status',
      body: { connector_ids: [connectorId] },
    });
    return z.record(z.string(), connectionStatus).parse(response)[connectorId];
  }

  /**
   * Returns the user's connection status of a connector; `undefined`: the user cannot see the
   * connector.
   */
  async connectionStatus(server: Reachable, connectorId: string): Promise<string | undefined> {
    return (await this.status(server, connectorId))?.connection_status;
  }

  async disconnect(server: Reachable, connectorId: string): Promise<HttpResponse> {
    return this.call(server, {
      method: 'POST',
      path: `/internal/actions/connector/${connectorId}/_oauth_disconnect`,
    });
  }
}

/** Returns path and query of a URL, for requests to any process. */
export const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`;

/**
 * Returns the call for a route.
 * @param body sent as JSON
 */
export function callOf(route: Route, body: unknown): Call {
  const [method = '', path = ''] = route.split(/ (.*)/s);
  return { method, path, body };
}

/**
 * Returns a URL for the cookie jar. All processes of an installation share cookies, whatever their
 * port.
 */
const atInstallation = (path: string): URL => new URL(path, 'https://installation.test');
