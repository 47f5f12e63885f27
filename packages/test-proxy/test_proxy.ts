import {
  createServer,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createTlsServer,
  Agent as TlsAgent,
  request as tlsRequest,
} from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Exchange, type PassedResponse } from './exchange.ts';

/** A response that the proxy sends itself; an object is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/**
 * Treatment of a request:
 * - `forward`: the target responds.
 * - `hold_request`: the target never receives the request, and the caller waits.
 * - `hold_response`: the target acts, and the caller never receives the response.
 * - `drop_request`: the connection breaks before the target receives the request.
 * - `drop_response`: the target acts, and the connection breaks before the response is sent.
 * - `delayMs`: the target receives the request after that time.
 * - `delayResponseMs`: the caller receives the response after that time.
 * - a {@link Reply}: the proxy responds, and the target receives nothing.
 */
export type Treatment =
  | 'forward'
  | 'hold_request'
  | 'hold_response'
  | 'drop_request'
  | 'drop_response'
  | { readonly delayMs: number }
  | { readonly delayResponseMs: number }
  | Reply;

/** Options of a {@link TestProxy}. */
export interface TestProxyOptions {
  /** URL of the server behind the proxy. It can also be set later with {@link TestProxy.target}. */
  readonly target?: string;
  /** Port of the proxy. Default: a free port that the system chooses. */
  readonly port?: number;
  /** Certificate for HTTPS. `undefined`: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /**
   * `true`: forwards the `Host` header, for a target that uses the address of the proxy as its own.
   */
  readonly keepsHost?: boolean;
  /** `true`: keeps all exchanges in {@link TestProxy.exchanges}. Default: `true`. */
  readonly records?: boolean;
  /** Called when a response has arrived, before the caller gets it. */
  readonly onExchange?: (exchange: Exchange) => void | Promise<void>;
}

interface Plan {
  readonly matches: (exchange: Exchange) => boolean;
  readonly treatment: Treatment;
  left: number;
  readonly treated: PromiseWithResolvers<Exchange>;
}

/**
 * An HTTP proxy on the loopback address in front of one server. It records requests and responses,
 * and injects faults: delays, held or lost requests and responses, broken connections, a closed
 * port, and responses of its own.
 */
export class TestProxy {
  /** URL of the server behind the proxy. */
  target: string;
  /** Decides the treatment of requests that no {@link plan} selects. */
  treat: (exchange: Exchange) => Treatment = () => 'forward';
  /**
   * Called, and awaited, before the caller gets the response. An exchange has no response if the
   * target broke the connection.
   */
  onExchange: (exchange: Exchange) => void | Promise<void>;
  /** Requests in the order of their arrival, with their responses. */
  readonly exchanges: Exchange[] = [];
  readonly #options: TestProxyOptions;
  readonly #server: Server;
  readonly #agents = [
    new HttpAgent({ keepAlive: true }),
    new TlsAgent({ keepAlive: true }),
  ] as const;
  readonly #sockets = new Set<Socket>();
  readonly #plans: Plan[] = [];
  #isCut = false;
  #port: number;

  private constructor(options: TestProxyOptions) {
    this.#options = options;
    this.target = options.target ?? '';
    this.#port = options.port ?? 0;
    this.onExchange = options.onExchange ?? (() => undefined);
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response).catch(() => request.socket.destroy());
    };
    this.#server =
      options.tls === undefined ? createServer(onRequest) : createTlsServer(options.tls, onRequest);
    // Longer than the time that a target announces, because clients see the header of the target.
    // So an idle client closes a connection first, and sends no request to a closed one.
    this.#server.keepAliveTimeout = 70_000;
    this.#server.on('connection', (socket: Socket) => {
      if (this.#isCut) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Starts a proxy that forwards every request. */
  static async start(options: TestProxyOptions): Promise<TestProxy> {
    const proxy = new TestProxy(options);
    await proxy.up();
    return proxy;
  }

  /** URL at which the proxy listens. */
  get origin(): string {
    const isTls = this.#options.tls !== undefined;
    return isTls ? `https://localhost:${this.#port}` : `http://127.0.0.1:${this.#port}`;
  }

  /** `true`: new connections are refused and open ones are broken. The port stays open. */
  get isCut(): boolean {
    return this.#isCut;
  }

  set isCut(isCut: boolean) {
    this.#isCut = isCut;
    if (isCut) this.#breakConnections();
  }

  /**
   * Plans the treatment of the next requests that match.
   * @param times number of requests; default 1
   * @returns resolves with the first of these requests when it was treated
   */
  plan(
    matches: (exchange: Exchange) => boolean,
    treatment: Treatment,
    times = 1,
  ): Promise<Exchange> {
    const treated = Promise.withResolvers<Exchange>();
    this.#plans.push({ matches, treatment, left: times, treated });
    return treated.promise;
  }

  /** Deletes the recorded exchanges. */
  clear(): void {
    this.exchanges.length = 0;
  }

  /**
   * Ends all faults: deletes all plans, sets `isCut` to `false`, and forwards every request again.
   */
  heal(): void {
    this.#plans.length = 0;
    this.#isCut = false;
    this.treat = () => 'forward';
  }

  /** Closes the port and breaks all connections, like a target that is down. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#breakConnections();
    await closed;
  }

  /** Listens again on the port that {@link down} closed. */
  async up(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops the proxy and closes its connections. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#server.listening) await this.down();
    for (const agent of this.#agents) agent.destroy();
  }

  #breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers, socket } = request;
    const exchange = new Exchange({ method, url, headers, bytes: await bytesOf(request) });
    if (this.#options.records !== false) this.exchanges.push(exchange);
    const plan = this.#takePlan(exchange);
    const treatment = plan?.treatment ?? this.treat(exchange);
    const { delayMs = 0, delayResponseMs = 0, reply } = detailsOf(treatment);
    if (treatment !== 'hold_request' && treatment !== 'drop_request') {
      if (delayMs > 0) await delay(delayMs);
      try {
        exchange.response = reply ?? (await this.#ask(exchange));
      } finally {
        await this.onExchange(exchange);
      }
    }
    plan?.treated.resolve(exchange);
    if (treatment === 'drop_request' || treatment === 'drop_response') socket.destroy();
    if (treatment === 'hold_response' || exchange.response === undefined) return;
    if (delayResponseMs > 0) await delay(delayResponseMs);
    if (response.destroyed) return;
    response.writeHead(exchange.response.status, exchange.response.headers);
    response.end(exchange.response.body);
  }

  #takePlan(exchange: Exchange): Plan | undefined {
    const plan = this.#plans.find(({ left, matches }) => left > 0 && matches(exchange));
    if (plan !== undefined) plan.left -= 1;
    return plan;
  }

  #ask({ method, url, headers, bytes }: Exchange): Promise<PassedResponse> {
    const to = new URL(url, this.target);
    const { host: _host, ...withoutHost } = headers;
    const [http, tls] = this.#agents;
    const isTls = to.protocol === 'https:';
    const send = isTls ? tlsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: isTls ? tls : http,
        headers: this.#options.keepsHost ? headers : withoutHost,
      };
      const outgoing = send(to, options, (incoming) => {
        const { statusCode: status = 502, headers: received } = incoming;
        bytesOf(incoming).then((body) => resolve({ status, headers: received, body }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  }
}

function detailsOf(treatment: Treatment): {
  readonly delayMs?: number;
  readonly delayResponseMs?: number;
  readonly reply?: PassedResponse;
} {
  if (typeof treatment === 'string') return {};
  if (!('status' in treatment)) return treatment;
  const { status, headers = {}, body = '' } = treatment;
  const isText = typeof body === 'string';
  return {
    reply: {
      status,
      headers: { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers },
      body: Buffer.from(isText ? body : JSON.stringify(body)),
    },
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
