import {
  errorBody,
  fillPath,
  inSpace,
  type ResponseOutput,
  type Route,
  type RouteInput,
  type RouteStatus,
} from '../common/index.ts';
import { HttpClientError } from './http_client_error.ts';

/** Part of the platform's `fetch` that the client uses. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  },
) => Promise<FetchResponse>;

/** Part of a fetched `Response` that the client uses. */
export interface FetchResponse {
  readonly status: number;
  /** `get` returns `null` when the response has no such header. */
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** Options that all calls of a client share. */
export interface HttpClientOptions {
  /** Function that sends the requests: `fetch` of the browser or of Node. */
  readonly fetch: Fetch;
  /**
   * Address of the server with its base path, without a trailing slash, for example
   * `http://localhost:5601/base`. In a browser the base path alone, for example `''`.
   */
  readonly baseUrl: string;
  /** Space of the calls. Default: the default space. */
  readonly spaceId?: string;
  /** Sent with every request, for example `authorization`. Browsers send the session cookie. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Deadline of a call, in milliseconds, for the whole response. Default: 30 seconds. */
  readonly timeoutMs?: number;
  /**
   * Returns the language of texts in responses of internal routes. Default: the platform decides.
   */
  readonly language?: () => string;
}

/** Options of one call, in addition to the input of its route. */
export interface CallOptions {
  /** Cancels the call; it rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Deadline of this call, in milliseconds. Default: the deadline of the client. */
  readonly timeoutMs?: number;
  /**
   * `true`: the page sends the request by itself, for example to refresh what it shows, so that the
   * request does not keep the session of an absent user alive. Default `false`.
   */
  readonly isSystemRequest?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Default deadline of a call, in milliseconds. */
const TIMEOUT_MS = 30_000;
/**
 * Deadline in milliseconds of calls that wait for a provider. The server gives the provider 60
 * seconds, and may have to refresh a token before.
 */
export const PROVIDER_TIMEOUT_MS = 120_000;

/** Arguments after the route: its input, optional when the route requires nothing. */
export type CallArguments<T extends Route> =
  Record<never, never> extends RouteInput<T>
    ? [input?: RouteInput<T> & CallOptions]
    : [input: RouteInput<T> & CallOptions];

/** A successful response, one type for each documented 2xx status. */
export type HttpResponse<T extends Route> = {
  [S in SuccessStatus<T>]: {
    readonly status: S;
    readonly body: S extends 204 ? undefined : ResponseOutput<T, S>;
    readonly headers: FetchResponse['headers'];
  };
}[SuccessStatus<T>];

/** Body of a successful response. `unknown`: the route documents no responses. */
export type ResponseBody<T extends Route> = HttpResponse<T>['body'];

type SuccessStatus<T extends Route> =
  number extends RouteStatus<T> ? number : Success<RouteStatus<T>>;
type Success<S extends number> = S extends number
  ? `${S}` extends `2${string}`
    ? S
    : never
  : never;

type AnyInput = CallOptions & {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/** Response with its content read. */
interface Exchange {
  readonly status: number;
  readonly headers: FetchResponse['headers'];
  readonly content: unknown;
}

/**
 * Calls routes of the server. Requests and responses are typed by the contract of the route, and
 * response bodies are validated against it. Runs in browsers and in Node.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /** Returns this client for another space. */
  inSpace(spaceId: string): HttpClient {
    return new HttpClient({ ...this.#options, spaceId });
  }

  /**
   * Calls a route.
   * @returns body of the successful response
   * @throws HttpClientError
   */
  async call<T extends Route>(route: T, ...input: CallArguments<T>): Promise<ResponseBody<T>> {
    return (await this.send(route, ...input)).body;
  }

  /**
   * Calls a route, for callers that need the status or the headers of the response.
   * @throws HttpClientError
   */
  async send<T extends Route>(route: T, ...[input]: CallArguments<T>): Promise<HttpResponse<T>> {
    const { status, headers, content } = await this.#exchange(route, (input ?? {}) as AnyInput);
    if (status < 200 || status >= 300) throw failure(route, status, content);
    return { status, headers, body: validBody(route, status, content) } as HttpResponse<T>;
  }

  /** Sends the request and reads the response, both before the deadline. */
  async #exchange(route: Route, input: AnyInput): Promise<Exchange> {
    const timeoutMs = input.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal =
      input.signal === undefined ? deadline : AbortSignal.any([input.signal, deadline]);
    try {
      // The response to a request that the page sent before it started does not react to the
      // signal.
      return await Promise.race([this.#respond(route, { ...input, signal }), abortOf(signal)]);
    } catch (error) {
      if (input.signal?.aborted) throw error;
      if (deadline.aborted) {
        const message = `${nameOf(route)} got no response within ${timeoutMs} ms`;
        throw new HttpClientError('server_timeout', message, { timeoutMs }, { cause: error });
      }
      const message = `${nameOf(route)} got no response`;
      throw new HttpClientError('server_unreachable', message, {}, { cause: error });
    }
  }

  async #respond(route: Route, input: AnyInput & { signal: AbortSignal }): Promise<Exchange> {
    const response = await this.#fetch(route, input);
    const content = await readContent(response);
    return { status: response.status, headers: response.headers, content };
  }

  async #fetch(route: Route, input: AnyInput & { signal: AbortSignal }): Promise<FetchResponse> {
    const { fetch, baseUrl, spaceId, language } = this.#options;
    const path = inSpace(fillPath(route.path, input.params), spaceId);
    const { body, contentType } = encodeBody(route, input.body);
    return await fetch(`${baseUrl}${path}${encodeQuery(input.query)}`, {
      method: route.method.toUpperCase(),
      headers: {
        ...(language === undefined ? {} : { 'accept-language': language() }),
        ...this.#options.headers,
        ...input.headers,
        'kbn-xsrf': 'true',
        ...(input.isSystemRequest === true ? { 'kbn-system-request': 'true' } : {}),
        ...(route.access === 'internal' ? { 'x-elastic-internal-origin': 'Kibana' } : {}),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      signal: input.signal,
    });
  }
}

/** Returns a promise that rejects with the reason of a signal when it aborts. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

/** Encodes a query. Values that are `undefined` are left out; arrays become repeated parameters. */
function encodeQuery(query: Readonly<Record<string, unknown>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one));
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

function encodeBody(
  { bodyFormat }: Route,
  body: unknown,
): { readonly body?: string; readonly contentType?: string } {
  if (body === undefined) return {};
  if (bodyFormat !== 'form') {
    return { body: JSON.stringify(body), contentType: 'application/json' };
  }
  const fields = new URLSearchParams(body as Record<string, string>);
  return { body: fields.toString(), contentType: 'application/x-www-form-urlencoded' };
}

/**
 * Reads the content of a response. JSON is parsed; other types stay text; empty content is
 * `undefined`.
 */
async function readContent(response: FetchResponse): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
  if (!isJson) return text;
  try {
    return JSON.parse(text);
  } catch {
    // The text is truncated JSON. It fails validation later, with an error that names the route.
    return text;
  }
}

function failure(route: Route, status: number, content: unknown): HttpClientError {
  const body = errorBody.safeParse(content).data;
  const message = body?.message ?? `${nameOf(route)} failed with ${status}`;
  return new HttpClientError('request_failed', message, { status, body });
}

/**
 * Validates the body of a response.
 * @throws HttpClientError `invalid_response` when the contract does not allow the response
 */
function validBody(route: Route, status: number, content: unknown): unknown {
  if (route.responses === undefined) return content;
  const documented = route.responses[status];
  if (documented === undefined) throw invalid(route, status);
  if (documented.body === undefined) return content;
  const parsed = documented.body.safeParse(content);
  if (parsed.success) return parsed.data;
  throw invalid(route, status, parsed.error);
}

function invalid(route: Route, status: number, cause?: Error): HttpClientError {
  const message = `${nameOf(route)} responded ${status} in a form that its contract does not allow`;
  return new HttpClientError(
    'invalid_response',
    message,
    { status },
    cause === undefined ? {} : { cause },
  );
}
