import type { EgressRequest, EgressResponse } from '@latchkey/egress';
import { EgressError } from '@latchkey/egress/errors';
import { matchesHost } from '@latchkey/oauth-providers';
import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import type { ApiDescription } from './api_description.ts';
import { toApiResponse, vendorFailureOf } from './vendor_failure.ts';

const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 250;
/**
 * Longest wait, and longest sum of the waits of one execution, for example of all pages of a list,
 * in milliseconds. If a longer one is necessary, the call fails and the error states the wait.
 */
const WAITS = { longestMs: 10_000, totalMs: 30_000 };
/**
 * The same for a caller with a deadline, whose waits also end before the deadline. They cover rate
 * limits of one minute, and are bounded because a waiting execution occupies a slot of its user.
 */
const WAITS_WITH_DEADLINE = { longestMs: 90_000, totalMs: 120_000 };
/**
 * Milliseconds before the deadline in which the repeated request gets its response. At most half of
 * the time that is left.
 */
const TIME_FOR_REQUEST_MS = 1_000;
/** Milliseconds that each execution has waited so far. */
const waited = new WeakMap<ActionContext, number>();
/**
 * Statuses with which servers and gateways say that they did not process the request, or may do so
 * next time.
 */
const TEMPORARY: ReadonlySet<number> = new Set([500, 502, 503, 504]);
/** Statuses with which a gateway says that it has no response of the service. */
const LOST_BY_GATEWAY: ReadonlySet<number> = new Set([502, 504]);
/** Statuses of a DELETE whose object does not exist. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/**
 * Sends one request of an operation. Repeats the request after a rate limit, a temporary failure or
 * a lost connection if that is safe, as long as the wait is short or ends before the deadline of
 * the caller, and the caller does not abort. A repeated DELETE whose object no longer exists is a
 * success: the earlier attempt has deleted it.
 * @param isRepeatable `true`: a second execution has no further effect
 * @param needsBody `true`: the caller reads the body of the response
 * @param redirectHosts further hosts to which a redirect may lead, besides the host of the request;
 *   `*.` and a domain stand for the hosts below the domain. They get no credentials
 * @throws ConnectorActionError `vendor_error` for a response that is a failure; errors of transport
 *   and authorization unchanged
 */
export async function sendOperation(
  api: ApiDescription,
  context: ActionContext,
  {
    isRepeatable,
    needsBody,
    redirectHosts = [],
    ...request
  }: EgressRequest & {
    readonly isRepeatable: boolean;
    readonly needsBody: boolean;
    readonly redirectHosts?: readonly string[] | undefined;
  },
): Promise<EgressResponse> {
  const { origin } = new URL(request.url);
  const { method = 'GET' } = request;
  const onRedirect = (to: URL, nextMethod: string) => {
    const isAllowed =
      to.origin === origin || redirectHosts.some((pattern) => matchesHost(to.hostname, pattern));
    if (!isAllowed) {
      // Another host has neither the credentials nor the data of the account, so its response is of
      // no use.
      throw new ConnectorActionError(
        'unexpected_response',
        `${api.name} redirected to another host`,
      );
    }
    if (nextMethod !== method) {
      // The redirect became a GET, whose success would say nothing about the write.
      throw new ConnectorActionError(
        'unexpected_response',
        `${api.name} redirected a ${method} to a ${nextMethod}, which was not sent`,
      );
    }
  };
  let mayBeDone = false;
  for (let attempt = 1; ; attempt += 1) {
    const backoffMs = FIRST_BACKOFF_MS * 2 ** (attempt - 1);
    try {
      const response = await context.request({ ...request, onRedirect });
      const failure = vendorFailureOf(api, toApiResponse(response), { context, now: new Date() });
      if (failure !== undefined) {
        const isDeleted = mayBeDone && method === 'DELETE' && GONE.has(response.status);
        if (!isDeleted) throw failure;
        if (needsBody) throw deletedBefore(api, failure);
      }
      return response;
    } catch (error) {
      const isSafe = isRepeatable || wasNotSent(error);
      const waitMs = isSafe && attempt < MAX_ATTEMPTS ? retryWait(error, backoffMs) : undefined;
      if (waitMs === undefined || context.signal.aborted) throw error;
      const waitedMs = waited.get(context) ?? 0;
      if (waitMs > longestWait(context, waitedMs)) throw error;
      waited.set(context, waitedMs + waitMs);
      if (!(await wait(waitMs, context.signal))) throw error;
      mayBeDone ||= hasNoResponse(error);
    }
  }
}

/** The error of a DELETE that an earlier attempt has executed, and whose response is not known. */
function deletedBefore(
  { name }: ApiDescription,
  { status, requestId, whoActs }: ConnectorActionError,
): ConnectorActionError {
  return new ConnectorActionError(
    'vendor_error',
    `${name} says that the object does not exist. An earlier attempt, whose response was lost, has probably deleted it`,
    { status, requestId, whoActs },
  );
}

/**
 * Returns `true` if the service may have processed the request although its response was lost: on
 * the way to this server, or on the way to a gateway.
 */
function hasNoResponse(error: unknown): boolean {
  if (error instanceof EgressError) return error.responseLost;
  return error instanceof ConnectorActionError && LOST_BY_GATEWAY.has(error.status ?? 0);
}

/**
 * Returns `true` for a rate limit, and for a failure of the service or the connection that may end
 * by itself.
 */
export function isTemporaryFailure(error: unknown): boolean {
  if (error instanceof EgressError) {
    return ['connection_failed', 'dns_failed', 'timeout'].includes(error.code);
  }
  return (
    error instanceof ConnectorActionError &&
    error.code === 'vendor_error' &&
    error.whoActs === 'nobody'
  );
}

/**
 * Returns `true` if the request did not reach the service, so that even a write can be repeated.
 */
function wasNotSent(error: unknown): boolean {
  return error instanceof EgressError && !error.responseLost;
}

/**
 * Milliseconds until a repetition can succeed. `undefined`: no repetition can.
 */
function retryWait(error: unknown, backoffMs: number): number | undefined {
  if (error instanceof EgressError) {
    return error.code === 'connection_failed' ? backoffMs : undefined;
  }
  if (!(error instanceof ConnectorActionError) || error.status === undefined) return undefined;
  // The error code decides if a failure is temporary when the response reports it in its body and
  // has a status of success.
  const isTemporary =
    TEMPORARY.has(error.status) || (error.status < 300 && error.whoActs === 'nobody');
  if (!error.isRateLimit && !isTemporary) return undefined;
  return error.retryAfterMs ?? backoffMs;
}

/** The longest wait that is possible now, in milliseconds. */
function longestWait({ timeLeftMs }: ActionContext, waitedMs: number): number {
  const { longestMs, totalMs } = timeLeftMs === undefined ? WAITS : WAITS_WITH_DEADLINE;
  const leftMs = timeLeftMs?.() ?? Infinity;
  const untilDeadlineMs = Math.max(leftMs - TIME_FOR_REQUEST_MS, leftMs / 2);
  return Math.min(longestMs, totalMs - waitedMs, untilDeadlineMs);
}

/** Waits. Returns `false` if the signal aborted before the end of the wait. */
function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
