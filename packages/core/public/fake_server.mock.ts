import type { Fetch } from './http_client.ts';

/** A response of {@link FakeServer}: a body with status 200, or a status with an optional body. */
export type FakeResponse = object | { readonly status: number; readonly body?: object };

/** A request that {@link FakeServer} received. */
export interface FakeRequest {
  /** Method and path, for example `post /internal/actions/_me/overview`. */
  readonly route: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The signal with which the caller may end the request. */
  readonly signal: AbortSignal | undefined;
}

const LOST = Symbol('lost');

/** A fake server that sends the responses that the test has set for its routes. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  readonly #responses = new Map<string, FakeResponse | typeof LOST>();

  /** Sets the response to a route from now on. */
  on(route: string, response: FakeResponse): this {
    this.#responses.set(route, response);
    return this;
  }

  /** Loses the responses to a route from now on: the connection ends after the request. */
  lose(route: string): this {
    this.#responses.set(route, LOST);
    return this;
  }

  /** Returns the requests to a route so far. */
  to(route: string): readonly FakeRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  readonly fetch: Fetch = async (url, { method, body, headers, signal }) => {
    const { pathname } = new URL(url, 'http://localhost');
    const route = `${method.toLowerCase()} ${pathname}`;
    this.requests.push({
      route,
      body: body === undefined ? undefined : JSON.parse(body),
      headers,
      signal,
    });
    const response = this.#responses.get(route);
    if (response === undefined)
      throw new Error(`The test has no response for the request ${route}`);
    // Fails as `fetch` fails when a connection ends. A route without a response must not look like
    // that.
    if (response === LOST) throw new TypeError('The connection ended.');
    const { status, body: content } =
      'status' in response && typeof response.status === 'number'
        ? { status: response.status, body: 'body' in response ? response.body : undefined }
        : { status: 200, body: response };
    return {
      status,
      headers: { get: (name) => (name === 'content-type' ? 'application/json' : null) },
      text: async () => (content === undefined ? '' : JSON.stringify(content)),
    };
  };
}

/** Response of a server that fails. */
export const SERVER_ERROR: FakeResponse = {
  status: 500,
  body: { statusCode: 500, error: 'Internal Server Error', message: 'secret detail' },
};

/** Response of a server that refuses a save, because the object has another version now. */
export const STALE_VERSION = {
  status: 409,
  body: {
    statusCode: 409,
    error: 'Conflict',
    message: 'stale',
    attributes: { code: 'stale_version' },
  },
} as const satisfies FakeResponse;
