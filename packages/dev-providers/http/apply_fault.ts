import type { ServerResponse } from 'node:http';
import type { Fault, RequestRecord } from '../faults/index.ts';

/** The step that follows after a fault was applied to a request. */
export type AfterFault = 'act' | 'finished';

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

function cut(response: ServerResponse, record: RequestRecord): void {
  record.state = 'dropped';
  response.socket?.destroy();
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

/** Holds back the handler's response until `release` decides what to send. */
function interceptResponse(response: ServerResponse, release: (send: () => void) => void): void {
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
    release(() => end(Buffer.concat(chunks)));
    return response;
  };
}

/**
 * Applies a fault to a request that has not been handled yet. After `act` the handler runs, and its
 * response may be held back. After `finished` the request has ended (or hangs on purpose) and the
 * handler must not run.
 */
export async function applyFault(
  fault: Fault,
  response: ServerResponse,
  record: RequestRecord,
): Promise<AfterFault> {
  switch (fault.kind) {
    case 'delay':
      if (fault.when === 'before_acting') await wait(fault.delayMs);
      else interceptResponse(response, (send) => setTimeout(send, fault.delayMs));
      return 'act';
    case 'hold': {
      const { hold } = fault;
      if (fault.when === 'before_acting') await hold.keep();
      else interceptResponse(response, (send) => hold.keep().then(send));
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
      respond(response, fault.status, { error: 'injected_failure' });
      return 'finished';
    case 'oauth_error':
      record.error = fault.error;
      respond(response, fault.status, { error: fault.error, error_description: 'Injected.' });
      return 'finished';
    case 'malformed': {
      const end = response.end.bind(response);
      interceptResponse(response, () => {
        response.statusCode = 200;
        response.removeHeader('content-length');
        response.setHeader('content-type', 'application/json; charset=utf-8');
        end('{"access_token":"cut-');
      });
      return 'act';
    }
    default: {
      const unreachable: never = fault;
      return unreachable;
    }
  }
}
