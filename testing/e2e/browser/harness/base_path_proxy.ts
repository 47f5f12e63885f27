import { createServer, request, type Server } from 'node:http';
import { listenUntilTheEnd } from '@latchkey/test-environment';

const CALLBACK = '/_oauth_callback/';

/** A proxy that serves a server below a base path, as in an installation behind one. */
export interface BasePathProxy {
  /** Empty: the server is at the root of its origin. */
  readonly basePath: string;
  /** Public address, base path included. */
  readonly url: string;
  /** Path and query of every request so far, without the base path. */
  readonly paths: readonly string[];
  /** Changes the query of the next request to a callback, as a provider with that fault. */
  changeNextCallback(change: (parameters: URLSearchParams) => void): void;
  /** Sets the server behind the proxy. Until then requests get 502. */
  forwardTo(url: string): void;
}

/** Starts a proxy that removes the base path from requests. Stops with `stopEverything`. */
export async function startBasePathProxy(basePath: string): Promise<BasePathProxy> {
  const paths: string[] = [];
  let target: URL | undefined;
  let changeCallback: ((parameters: URLSearchParams) => void) | undefined;
  const forwardedPath = (path: string): string => {
    if (changeCallback === undefined || !path.includes(CALLBACK)) return path;
    const url = new URL(path, 'http://proxy');
    changeCallback(url.searchParams);
    changeCallback = undefined;
    return `${url.pathname}${url.search}`;
  };
  const proxy: Server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    if (target === undefined || !path.startsWith(`${basePath}/`)) {
      outgoing.writeHead(target === undefined ? 502 : 404).end();
      return;
    }
    paths.push(path.slice(basePath.length));
    const forwarded = request(
      {
        ...{ host: target.hostname, port: target.port, method: incoming.method },
        path: forwardedPath(path.slice(basePath.length)),
        headers: incoming.headers,
      },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  });
  // Longer than the time that the server announces, because clients see the header of the server.
  // So an idle client closes a connection first, and sends no request to a closed one.
  proxy.keepAliveTimeout = 70_000;
  const origin = await listenUntilTheEnd(proxy);
  return {
    basePath,
    url: `${origin}${basePath}`,
    paths,
    changeNextCallback: (change) => {
      changeCallback = change;
    },
    forwardTo: (url) => {
      target = new URL(url);
    },
  };
}
