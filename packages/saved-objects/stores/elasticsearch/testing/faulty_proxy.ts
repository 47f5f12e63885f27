import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/** A request that the proxy received. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * A fault of one request.
 * `drop_request`: the connection breaks and the cluster does not receive the request.
 * `drop_response`: the cluster processes the request and the connection breaks before its response.
 * `hang`: the cluster processes the request and the client gets no response.
 * An object: the proxy sends this response and the cluster does not receive the request.
 */
export type Fault =
  | 'drop_request'
  | 'drop_response'
  | 'hang'
  | { readonly status: number; readonly body: object };

/** A proxy that injects faults. */
export interface FaultyProxy {
  readonly url: string;
  /** All received requests, in order. */
  readonly seen: readonly SeenRequest[];
  /**
   * Sets the faults. `decide` is called for every request; `undefined`: no fault. `afterwards` runs
   * after the cluster processed a request and before its fault.
   */
  inject(
    decide: (request: SeenRequest) => Fault | undefined,
    afterwards?: () => Promise<void>,
  ): void;
  /** Removes all faults. */
  heal(): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of one node that injects network faults. With `tls` it serves https. */
export async function startFaultyProxy(
  target: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<FaultyProxy> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let decide: (request: SeenRequest) => Fault | undefined = () => undefined;
  let afterwards: () => Promise<void> = async () => {};
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const { method = 'GET', url: path = '/', headers } = request;
    const one: SeenRequest = { method, path, headers, body: body.toString() };
    seen.push(one);
    const fault = decide(one);
    if (fault === 'drop_request') return void request.socket.destroy();
    if (typeof fault === 'object')
      return respond(response, fault.status, JSON.stringify(fault.body));
    const { status, text } = await forward(target, one, body);
    if (fault !== undefined) await afterwards();
    if (fault === 'drop_response') return void request.socket.destroy();
    if (fault === undefined) respond(response, status, text);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => request.socket.destroy());
  };
  const server: Server =
    tls === undefined ? createHttpServer(onRequest) : createHttpsServer(tls, onRequest);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    seen,
    inject: (nextDecide, nextAfterwards = async () => {}) => {
      decide = nextDecide;
      afterwards = nextAfterwards;
    },
    heal: () => {
      decide = () => undefined;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Returns a decision that injects a fault into the first `times` matching requests. */
export function firstTimes(
  times: number,
  matches: (request: SeenRequest) => boolean,
  fault: Fault,
): (request: SeenRequest) => Fault | undefined {
  let left = times;
  return (request) => {
    if (left <= 0 || !matches(request)) return undefined;
    left -= 1;
    return fault;
  };
}

async function forward(
  target: string,
  { method, path, headers }: SeenRequest,
  body: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  const { 'content-type': type, accept, 'content-encoding': encoding } = headers;
  const response = await fetch(`${target}${path}`, {
    method: method === 'GET' && body.length > 0 ? 'POST' : method,
    headers: Object.entries({ 'content-type': type, accept, 'content-encoding': encoding }).flatMap(
      ([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]),
    ),
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-elastic-product': 'Elasticsearch',
  });
  response.end(text);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
