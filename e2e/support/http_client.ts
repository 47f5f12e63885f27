import { Agent, type IncomingHttpHeaders, request as startRequest } from 'node:http';

/** One request to a server under test. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string | undefined;
}

/** An answer, read to its end. */
export interface HttpResponse {
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Enough for a thousand requests that are really open at the same time. */
const agent = new Agent({ keepAlive: true, maxSockets: 2_000, maxFreeSockets: 2_000 });

/**
 * Sends one request and reads the answer; redirects are answers. Keeps connections, and repeats none: a request that was cut is an error
 * of the server under test.
 */
export function send(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(url, { method, headers, agent }, (incoming) => {
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

/** Cuts the connections that wait for their next request, so that Jest can end. */
export function closeConnections(): void {
  agent.destroy();
}
