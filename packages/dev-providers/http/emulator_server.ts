import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Fault,
  FaultInjector,
  type FaultPlan,
  type Hold,
  type HoldPlan,
  type RequestFilter,
  type RequestRecord,
  RequestRecorder,
} from '../faults/index.ts';
import { applyFault } from './apply_fault.ts';
import { type Exchange, MAX_BODY_BYTES } from './web_exchange.ts';

/** Name, port and handler of a test provider. */
export interface EmulatorServerOptions {
  /** Name of the server in messages. */
  readonly name: string;
  /** Port to listen on. 0 selects any free one. */
  readonly port: number;
  readonly now: () => Date;
  /** Returns the name of the endpoint of a request, for the recorder and for faults. */
  readonly endpointOf: (method: string, path: string) => string;
  /** Returns headers of every response, including injected failures. */
  readonly commonHeaders?: (() => Readonly<Record<string, string>>) | undefined;
  /**
   * Faults for the requests. Servers at several ports of one provider can share them. Default: this
   * server has its own.
   */
  readonly faults?: FaultInjector | undefined;
  /** Called with every request and its fault, before the fault is applied. */
  readonly observe?: ((exchange: Exchange, fault: Fault | undefined) => void) | undefined;
  /** Handles a request and must end the response. An exception becomes a 500 without a cause. */
  readonly handle: (exchange: Exchange) => Promise<void>;
}

/** Recorded requests and injected faults of a test provider. */
export interface EmulatorControls {
  requests(filter?: RequestFilter): RequestRecord[];
  /** Returns the number of requests per endpoint since the start or the last `clearRequests`. */
  counts(): Record<string, number>;
  /**
   * Plans a fault for the next requests.
   * @throws ZodError when the plan is malformed
   */
  failNext(plan: FaultPlan): void;
  /**
   * Holds the next request of an endpoint, or its response, until the test releases it.
   * @throws ZodError when the plan is malformed
   */
  holdNext(plan: HoldPlan): Hold;
  /** Removes faults that have not happened yet, and continues delayed and held requests. */
  clearFaults(): void;
  clearRequests(): void;
  /**
   * Closes open connections, including those that an injected fault holds open. Safe to call twice.
   */
  stop(): Promise<void>;
}

/** A running server of a test provider. */
export interface EmulatorServer {
  /** Origin of the server, without a trailing slash. */
  readonly origin: string;
  readonly recorder: RequestRecorder;
  readonly controls: EmulatorControls;
}

/** Address to listen on. Test providers must not be reachable from the network. */
const LOOPBACK = '127.0.0.1';

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function grantTypeOf(request: IncomingMessage, body: Buffer): string | undefined {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return undefined;
  }
  return new URLSearchParams(body.toString('utf8')).get('grant_type') ?? undefined;
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ error: status === 413 ? 'too_large' : 'server_error' }));
}

function listen(server: Server, { name, port }: { name: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is taken' : (cause.code ?? 'unknown');
      reject(new Error(`The ${name} provider cannot listen on ${LOOPBACK}:${port}: ${why}`));
    });
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Starts a test provider on the loopback address. Every request is recorded, and a pending fault is
 * applied, before the handler runs.
 * @throws Error naming the provider and the port when it cannot listen
 */
export async function startEmulatorServer(options: EmulatorServerOptions): Promise<EmulatorServer> {
  const recorder = new RequestRecorder(options.now);
  const faults = options.faults ?? new FaultInjector();
  let origin = '';

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', origin);
    const endpoint = options.endpointOf(method, url.pathname);
    const record = recorder.begin({ endpoint, method, path: url.pathname });
    response.once('finish', () => {
      record.state = 'responded';
      record.status = response.statusCode;
    });
    for (const [name, value] of Object.entries(options.commonHeaders?.() ?? {})) {
      response.setHeader(name, value);
    }
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413);
    record.grantType = grantTypeOf(request, body);
    const fault = faults.take(endpoint, record.grantType);
    const exchange = { request, response, method, url, body, record };
    options.observe?.(exchange, fault);
    if (fault !== undefined && (await applyFault(fault, exchange, faults)) === 'finished') return;
    await options.handle(exchange);
  };

  const server = createServer((request, response) => {
    // The cause is not sent on purpose: a stack trace must not reach the client under test.
    serve(request, response).catch(() => refuse(response, 500));
  });
  // Idle clients close a connection before this time, so they never send a request to a closed one.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options);
  origin = `http://${LOOPBACK}:${port}`;

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
      // The connections of the held requests are closed, so their holds can end.
      faults.clear();
    });
    return stopping;
  };
  const controls: EmulatorControls = {
    requests: (filter) => recorder.requests(filter),
    counts: () => recorder.counts(),
    failNext: (plan) => faults.failNext(plan),
    holdNext: (plan) => faults.holdNext(plan),
    clearFaults: () => faults.clear(),
    clearRequests: () => recorder.clear(),
    stop,
  };
  return { origin, recorder, controls };
}
