import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { APP_PREFIX, START_FILE, startScript } from './app_server.ts';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Creates the server that browsers use. Modules of the web app come from Vite, and everything else
 * from the server. Requests wait while the server starts again.
 */
export function createPageServer(targets: {
  readonly app: Middleware;
  readonly server: () => Promise<string>;
}): Server {
  return createServer((incoming, response) => {
    const path = incoming.url?.split('?')[0] ?? '/';
    if (path.endsWith(`/${START_FILE}`)) {
      response.setHeader('content-type', 'text/javascript');
      response.end(startScript());
    } else if (path.startsWith(APP_PREFIX)) {
      targets.app(incoming, response, () => response.writeHead(404).end());
    } else {
      void forward(incoming, response, targets.server());
    }
  });
}

/** Forwards a request with the headers of the browser, so that the server sees the public host. */
async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  address: Promise<string>,
): Promise<void> {
  const url = new URL(await address);
  const { method, headers, url: path } = incoming;
  const outgoing = request(
    { hostname: url.hostname, port: url.port, method, headers, path },
    (received) => {
      response.writeHead(received.statusCode ?? 502, received.rawHeaders);
      received.pipe(response);
    },
  );
  outgoing.on('error', (error) => {
    if (response.headersSent) return void response.destroy();
    response.writeHead(502, { 'content-type': 'text/plain' });
    response.end(`The server does not respond: ${error.message}\n`);
  });
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
