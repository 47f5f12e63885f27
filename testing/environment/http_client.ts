import { Agent, type IncomingHttpHeaders, request as startRequest } from 'node:http';

/** One request to a server under test. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body that is sent unchanged. */
  readonly body?: string | undefined;
  /** Signal that ends the wait for the response. */
  readonly signal?: AbortSignal | undefined;
}

/** A complete response. */
export interface HttpResponse {
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Milliseconds without a request after which the client closes a connection. The server closes it
 * after 65 s, and a request that arrives at that moment is lost. The difference is large, because a
 * process may be suspended for some seconds in between.
 */
const IDLE_CONNECTION_MS = 30_000;
/** This client can have a thousand requests open at the same time. */
const agent = new Agent({
  keepAlive: true,
  timeout: IDLE_CONNECTION_MS,
  maxSockets: 2_000,
  maxFreeSockets: 2_000,
});

/**
 * Sends one request and reads the response; redirects are not followed. Connections are reused. No
 * request is repeated, because an interrupted request is an error of the server under test.
 */
export function send(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, body, signal } = request;
  // Node adds this header only for some methods; a `DELETE` may have a body as well.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { ...length, ...request.headers };
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(url, { method, headers, agent, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          request,
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Closes idle connections, so that the process of the tests can exit. */
export function closeConnections(): void {
  agent.destroy();
}
