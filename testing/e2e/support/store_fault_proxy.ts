import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as startRequest,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { aFreePort } from './free_port.ts';

/** A request to the node. */
export interface StoreRequest {
  readonly method: string;
  /** Including the query. */
  readonly path: string;
  readonly body: string;
}

/**
 * Treatment of a request. `hold_request`: it never reaches the node and gets no response.
 * `hold_answer`: the node acts, but its response is not returned. A number: the node acts after
 * this many milliseconds.
 */
export type Passage = 'pass' | 'hold_request' | 'hold_answer' | number;

/**
 * A proxy to an Elasticsearch node that can be closed, slowed down, or blocked at a chosen request.
 */
export interface StoreFaultProxy {
  readonly url: string;
  /** Sets the function that decides for every later request. It must not throw. */
  decide(passage: (request: StoreRequest) => Passage): void;
  /** Closes the port, as when a node is down. */
  down(): Promise<void>;
  /** Listens again on the same port and passes every request. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a proxy to the node at `target`. */
export async function openStoreFaultProxy(target: string): Promise<StoreFaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const letPass = (): Passage => 'pass';
  let passage: (request: StoreRequest) => Passage = letPass;
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await aFreePort();
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await bytesOf(request);
    const decision = passage({ method, path, body: body.toString('utf8') });
    if (decision === 'hold_request') return;
    if (typeof decision === 'number') await sleep(decision);
    const outgoing = { method, path, headers: request.headers, body };
    const upstreamResponse = await ask(`${target}${path}`, outgoing, agent);
    const upstreamBody = await bytesOf(upstreamResponse);
    if (decision === 'hold_answer' || response.destroyed) return;
    response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
    response.end(upstreamBody);
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    decide: (next) => {
      passage = next;
    },
    down,
    up: async () => {
      passage = letPass;
      await listen();
    },
    stop: async () => {
      if (server.listening) await down();
      agent.destroy();
    },
  };
}

function ask(
  url: string,
  outgoing: {
    readonly method: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  },
  agent: Agent,
): Promise<IncomingMessage> {
  const { host: _host, ...headers } = outgoing.headers;
  return new Promise((resolve, reject) => {
    const request = startRequest(url, { method: outgoing.method, headers, agent }, resolve);
    request.on('error', reject);
    request.end(outgoing.body);
  });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
