import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stopAtTheEnd } from './start_server.ts';

/** An honest authorization server whose origin also serves files of its users, as GitLab does. */
export interface UserContentHost {
  /** Origin at which it listens. Connectors use another name, see `hostOverrides`. */
  readonly origin: string;
  /** Files of users by path. Served as JSON. */
  readonly files: Map<string, unknown>;
}

/**
 * Listens on the loopback address until `stopEverything`.
 * @param target origin of the authorization server, which receives every request that is not for a
 * file
 */
export async function startUserContentHost(target: string): Promise<UserContentHost> {
  const files = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', target);
    const file = files.get(pathname);
    if (file !== undefined) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(file));
      return;
    }
    const url = new URL(`${pathname}${search}`, target);
    const headers = { ...request.headers, host: url.host };
    const passed = forward(url, { method: request.method, headers }, (upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
      upstreamResponse.pipe(response);
    });
    passed.on('error', () => response.writeHead(502).end());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stopAtTheEnd(async () => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files };
}
