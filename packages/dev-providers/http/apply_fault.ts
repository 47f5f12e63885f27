import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, FaultInjector, RequestRecord } from '../faults/index.ts';
import type { Exchange } from './web_exchange.ts';

/** Next step of the caller after a fault was applied to a request. */
export type AfterFault = 'act' | 'finished';

function cut(response: ServerResponse, record: RequestRecord): void {
  record.state = 'dropped';
  response.socket?.destroy();
}

function respond(response: ServerResponse, status: number, body: object): void {
  prepareJson(response, status);
  response.end(JSON.stringify(body));
}

function prepareJson(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.removeHeader('content-length');
  response.setHeader('content-type', 'application/json; charset=utf-8');
}

/** Waits `ms` milliseconds. Resolves earlier when the faults are cleared. */
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

/** Sends the response of the handler, or another body instead. */
type Send = (body?: string) => void;

/** Holds back the handler's response until `release` decides what to send. */
function interceptResponse(response: ServerResponse, release: (send: Send) => void): void {
  const chunks: Buffer[] = [];
  const end = response.end.bind(response);
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  response.write = (chunk: unknown) => {
    keep(chunk);
    return true;
  };
  response.end = (chunk?: unknown) => {
    keep(chunk);
    release((body) => end(body ?? Buffer.concat(chunks)));
    return response;
  };
}

/**
 * Applies a fault to a request that has not been handled yet.
 * @returns `act`: the handler must run, and its response may be held back. `finished`: the request
 * has ended (or hangs on purpose), and the handler must not run
 */
export async function applyFault(
  fault: Fault,
  exchange: Exchange,
  { signal }: Pick<FaultInjector, 'signal'>,
): Promise<AfterFault> {
  const { response, record } = exchange;
  switch (fault.kind) {
    case 'delay':
      if (fault.when === 'before_acting') await wait(fault.delayMs, signal);
      else interceptResponse(response, (send) => wait(fault.delayMs, signal).then(() => send()));
      return 'act';
    case 'run':
      fault.run(exchange.body);
      return 'act';
    case 'hold': {
      const { hold } = fault;
      if (fault.when === 'before_acting') await hold.keep();
      else interceptResponse(response, (send) => hold.keep().then(() => send()));
      return 'act';
    }
    case 'hang':
      if (fault.when === 'before_acting') return 'finished';
      interceptResponse(response, () => undefined);
      return 'act';
    case 'drop':
      if (fault.when === 'before_acting') {
        cut(response, record);
        return 'finished';
      }
      interceptResponse(response, () => cut(response, record));
      return 'act';
    case 'status':
      if (fault.retryAfterSeconds !== undefined) {
        response.setHeader('retry-after', String(fault.retryAfterSeconds));
      }
      if (fault.when === 'before_acting') {
        respond(response, fault.status, fault.body);
        return 'finished';
      }
      interceptResponse(response, (send) => {
        prepareJson(response, fault.status);
        send(JSON.stringify(fault.body));
      });
      return 'act';
    case 'oauth_error':
      record.error = fault.error;
      respond(response, fault.status, { error: fault.error, error_description: 'Injected.' });
      return 'finished';
    case 'malformed': {
      interceptResponse(response, (send) => {
        prepareJson(response, 200);
        send('{"access_token":"cut-');
      });
      return 'act';
    }
    default: {
      const unreachable: never = fault;
      return unreachable;
    }
  }
}
