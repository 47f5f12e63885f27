import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the service received it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Response of the service. Objects are sent as JSON. `hang`: it never responds. */
export interface UpstreamResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly hang?: boolean;
}

/** A fake service on loopback. */
export interface Upstream {
  /** Origin by name, `http://localhost:PORT`. */
  readonly origin: string;
  /** Origin by address. Browsers and clients treat it as another origin than {@link origin}. */
  readonly otherOrigin: string;
  readonly seen: SeenRequest[];
  response: (request: SeenRequest) => UpstreamResponse | Promise<UpstreamResponse>;
  close(): Promise<void>;
}

/** Starts a service that responds with 200 `{}` until a test changes that. */
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
