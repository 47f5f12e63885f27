import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultInjector, type RequestRecord, RequestRecorder } from '../faults/index.ts';
import { applyFault } from './apply_fault.ts';

/** One request on its way through a stand-in. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Absolute, on the stand-in's own origin. */
  readonly url: URL;
  /** At most {@link MAX_BODY_BYTES}. */
  readonly body: Buffer;
  /** For the handler to fill with who asked and what came of it. */
  readonly record: RequestRecord;
}

/** What makes one stand-in different from another. */
export interface EmulatorServerOptions {
  /** For messages. */
  readonly name: string;
  /** 0: any free port. */
  readonly port: number;
  readonly now: () => Date;
  /** Names the endpoint of a request, for the recorder and for faults. */
  readonly endpointOf: (method: string, path: string) => string;
  /** Headers of every answer, injected failures included. */
  readonly commonHeaders?: (() => Readonly<Record<string, string>>) | undefined;
  /** Must end the response. An exception becomes a 500 that names no cause. */
  readonly handle: (exchange: Exchange) => Promise<void>;
}

/** A running stand-in's server. */
export interface EmulatorServer {
  /** Without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  readonly recorder: RequestRecorder;
  readonly faults: FaultInjector;
  /** Cuts open connections, also those left hanging by a fault. Safe to call twice. */
  stop(): Promise<void>;
}

/** Stand-ins hold development credentials only, and even those are nobody else's business. */
const LOOPBACK = '127.0.0.1';
const MAX_BODY_BYTES = 8 * 1024 * 1024;

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
      reject(new Error(`The ${name} stand-in cannot listen on ${LOOPBACK}:${port}: ${why}`));
    });
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Starts a stand-in on the loopback address. Every request is recorded, and a waiting fault is applied, before the handler sees
 * it.
 * @throws Error naming the stand-in and the port when it cannot listen
 */
export async function startEmulatorServer(options: EmulatorServerOptions): Promise<EmulatorServer> {
  const recorder = new RequestRecorder(options.now);
  const faults = new FaultInjector();
  let origin = '';

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', origin);
    const endpoint = options.endpointOf(method, url.pathname);
    const record = recorder.begin({ endpoint, method, path: url.pathname });
    response.once('finish', () => {
      record.state = 'answered';
      record.status = response.statusCode;
    });
    for (const [name, value] of Object.entries(options.commonHeaders?.() ?? {})) {
      response.setHeader(name, value);
    }
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413);
    record.grantType = grantTypeOf(request, body);
    const fault = faults.take(endpoint, record.grantType);
    if (fault !== undefined && (await applyFault(fault, response, record)) === 'finished') return;
    await options.handle({ request, response, method, url, body, record });
  };

  const server = createServer((request, response) => {
    // The cause stays here on purpose: a stand-in's stack trace must not reach the client under test.
    serve(request, response).catch(() => refuse(response, 500));
  });
  const port = await listen(server, options);
  origin = `http://${LOOPBACK}:${port}`;

  let stopping: Promise<void> | undefined;
  return {
    origin,
    port,
    recorder,
    faults,
    stop: () => {
      stopping ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        // Whoever still waits for a release has lost its caller.
        faults.clear();
      });
      return stopping;
    },
  };
}
