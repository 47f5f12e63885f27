import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the fake service received it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * A response of the fake service. An object is sent as JSON. `hang`: the service never responds.
 */
export interface UpstreamResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly hang?: boolean;
}

/** A fake service on loopback. */
export interface Upstream {
  /** Origin with a host name: `http://localhost:PORT`. */
  readonly origin: string;
  /** Origin of the same server with an IP address. Clients treat it as a different origin. */
  readonly otherOrigin: string;
  readonly seen: SeenRequest[];
  response: (request: SeenRequest) => UpstreamResponse | Promise<UpstreamResponse>;
  close(): Promise<void>;
}

/** Starts a fake service that responds with 200 and `{}` until a test sets another response. */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      upstream.seen.push(one);
      const { status = 200, headers: own = {}, body = {}, hang } = await upstream.response(one);
      if (hang === true) return;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', ...own }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream: Upstream = {
    origin: `http://localhost:${port}`,
    otherOrigin: `http://127.0.0.1:${port}`,
    seen: [],
    response: () => ({}),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return upstream;
}
