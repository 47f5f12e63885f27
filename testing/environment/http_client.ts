import { Agent, type IncomingHttpHeaders, request as startRequest } from 'node:http';

/** One request to a server under test. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent unchanged. */
  readonly body?: string | undefined;
  /** Gives up waiting for the response. */
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
 * Time without a request after which a connection is closed. Well before the 65 s of the server: a
 * request on a connection that the server closes at this moment is lost, also when a process was
 * suspended for some seconds meanwhile.
 */
const IDLE_CONNECTION_MS = 30_000;
/** Enough for a thousand requests that are open at the same time. */
const agent = new Agent({
  keepAlive: true,
  timeout: IDLE_CONNECTION_MS,
  maxSockets: 2_000,
  maxFreeSockets: 2_000,
});

/**
 * Sends one request and reads the response; redirects are not followed. Keeps connections and
 * repeats no request: an interrupted request is an error of the server under test.
 */
export function send(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, body, signal } = request;
  // Node adds it to some methods only; `DELETE` may have a body as well.
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

/** Closes idle connections, so that Jest can exit. */
export function closeConnections(): void {
  agent.destroy();
}
