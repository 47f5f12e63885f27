import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as startRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Exchange, type ExchangeFilter, formOf, jsonFieldsOf, matches } from './exchange.ts';

/** Treatment of one request that is not simply forwarded. */
export type Interference =
  /** The provider does not receive the request, and the caller waits. */
  | { readonly kind: 'hold_request' }
  /** The provider has acted, and the caller waits for the response. */
  | { readonly kind: 'hold_answer' }
  /** A gateway responds instead of the provider, with its own page. */
  | { readonly kind: 'response'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection is closed before the provider receives the request. */
  | { readonly kind: 'cut' };

/** One planned interference. */
export interface Plan {
  /** Resolves when the first request is held, or has been responded to or cut. */
  readonly happened: Promise<Exchange>;
}

/**
 * A proxy whose address everyone uses for an authorization server, so that it records every
 * request.
 */
export interface RecordingProxy {
  readonly origin: string;
  /** Call it before the first request. */
  setTarget(target: string): void;
  /** Requests since the last {@link clear}, in the order of arrival. */
  seen(filter: ExchangeFilter): readonly Exchange[];
  clear(): void;
  /** Interferes with the next request that the filter selects. */
  interfere(filter: ExchangeFilter, interference: Interference): Plan;
  stop(): Promise<void>;
}

interface PendingPlan {
  readonly filter: ExchangeFilter;
  readonly interference: Interference;
  readonly happen: (exchange: Exchange) => void;
}

/** Listens on a free port of the loopback address. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const state: ProxyState = { target: undefined, exchanges: [], plans: [] };
  const server = createServer((request, response) => {
    pass(request, response, state).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    setTarget: (target) => {
      state.target = target;
    },
    seen: (filter) => state.exchanges.filter((exchange) => matches(filter, exchange)),
    clear: () => {
      state.exchanges.length = 0;
    },
    interfere: (filter, interference) => plan(state, filter, interference),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface ProxyState {
  target: string | undefined;
  readonly exchanges: Exchange[];
  readonly plans: PendingPlan[];
}

function plan(state: ProxyState, filter: ExchangeFilter, interference: Interference): Plan {
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  state.plans.push({ filter, interference, happen: resolve });
  return { happened: promise };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  state: ProxyState,
): Promise<void> {
  const { target, exchanges } = state;
  if (target === undefined) throw new Error('The proxy has no target yet');
  const url = new URL(request.url ?? '/', target);
  const body = await bytesOf(request);
  const exchange: Exchange = {
    method: request.method ?? 'GET',
    path: url.pathname,
    form: formOf(request.headers['content-type'], body),
    status: undefined,
    response: {},
  };
  exchanges.push(exchange);
  const selected = takePlan(state, exchange);
  if (selected !== undefined && happensBefore(selected, exchange, response)) return;
  const upstreamResponse = await ask(request, url, body);
  const responseBody = await bytesOf(upstreamResponse);
  exchange.status = upstreamResponse.statusCode;
  exchange.response = jsonFieldsOf(responseBody);
  if (selected?.interference.kind === 'hold_answer') {
    selected.happen(exchange);
    return;
  }
  response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
  response.end(responseBody);
}

/**
 * `true`: the provider does not receive this request. A held one waits until its caller gives up.
 */
function happensBefore(
  selected: PendingPlan,
  exchange: Exchange,
  response: ServerResponse,
): boolean {
  const { interference } = selected;
  if (interference.kind === 'hold_answer') return false;
  if (interference.kind === 'cut') response.destroy();
  if (interference.kind === 'response') {
    const { status, retryAfterSeconds } = interference;
    exchange.status = status;
    response.writeHead(status, {
      'content-type': 'text/html',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    });
    response.end(`<html><body><h1>${status}</h1></body></html>`);
  }
  selected.happen(exchange);
  return true;
}

function takePlan(state: ProxyState, exchange: Exchange): PendingPlan | undefined {
  const index = state.plans.findIndex(({ filter }) => matches(filter, exchange));
  return index < 0 ? undefined : state.plans.splice(index, 1)[0];
}

/** `Host` is unchanged, because the server uses the proxy's address as its own. */
function ask(request: IncomingMessage, url: URL, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(
      url,
      { method: request.method, headers: request.headers },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
