import {
  type accountChangeBody,
  cancelAuthorization,
  getAttemptOutcome,
  startAuthorization,
} from '@latchkey/actions-plugin/common';
import { type Clock, type HttpClient, HttpClientError } from '@latchkey/core/public';
import type { z } from 'zod';
import type { AccountChange, Outcome } from './attempt.ts';

/** An attempt that the server has prepared. */
interface StartedFlow {
  readonly flowId: string;
  /** Address of the page of the provider. */
  readonly url: string;
  /** Deadline in milliseconds since 1970, by the clock of this browser. */
  readonly expiresAt: number;
}

/** Requests of an attempt to this server. */
export interface FlowApi {
  /**
   * Starts an authorization flow.
   * @throws HttpClientError
   */
  start(connectorId: string, returnUrl: string | undefined): Promise<StartedFlow>;
  /**
   * Reads the outcome of an attempt.
   * @throws HttpClientError when the outcome could not be read
   */
  outcome(connectorId: string, flowId: string): Promise<Outcome>;
  /**
   * Cancels an attempt.
   * @throws HttpClientError
   */
  cancel(connectorId: string, flowId: string): Promise<void>;
}

/** Creates the requests of attempts. */
export function flowApi(http: HttpClient, clock: Pick<Clock, 'now'>): FlowApi {
  return {
    async start(connectorId, returnUrl) {
      const { body, headers } = await http.send(startAuthorization, {
        params: { connectorId },
        body: returnUrl === undefined ? {} : { returnUrl },
      });
      const expiresAt = inOwnTime(body.expiresAt, headers.get('date'), clock.now());
      return { flowId: body.flowId, url: body.authorizationUrl, expiresAt };
    },
    async outcome(connectorId, flowId) {
      try {
        const params = { connectorId, flowId };
        const { body, headers } = await http.send(getAttemptOutcome, { params });
        if (body.status === 'pending') {
          const expiresAt = inOwnTime(body.expires_at, headers.get('date'), clock.now());
          return {
            status: 'pending',
            expiresAt,
            accountChange: accountChangeOf(body.account_change),
          };
        }
        if (body.status === 'succeeded') {
          const { status, account, account_changed: accountChanged } = body;
          return { status, account, accountChanged };
        }
        if (body.status === 'failed') return { status: 'failed', reason: body.code };
        return { status: body.status };
      } catch (error) {
        if (error instanceof HttpClientError && error.status === 404) return { status: 'unknown' };
        throw error;
      }
    },
    async cancel(connectorId, flowId) {
      await http.call(cancelAuthorization, { params: { connectorId }, body: { flowId } });
    },
  };
}

/**
 * Converts an instant of the server to the clock of this browser. The clocks may differ by minutes.
 * @param serverDate header `Date` of the same response; `null`: the clocks are assumed to be equal
 * @param now milliseconds since 1970 at which the response arrived
 */
function inOwnTime(instant: string, serverDate: string | null, now: number): number {
  const serverNow = serverDate === null ? Number.NaN : Date.parse(serverDate);
  // The header has whole seconds. A second is subtracted, so that the result may be early but never
  // late.
  const offset = Number.isNaN(serverNow) ? 0 : now - serverNow - 1000;
  return Date.parse(instant) + offset;
}

function accountChangeOf(
  body: z.infer<typeof accountChangeBody> | undefined,
): AccountChange | undefined {
  if (body === undefined) return undefined;
  return {
    flowId: body.flow_id,
    connectedAccount: body.connected_account.label,
    newAccount: body.new_account?.label,
    canChange: body.can_change,
  };
}

/** Error code of a failed request. `docs/errors.md` explains the codes. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof HttpClientError)) return 'unexpected';
  const code = error.body?.attributes?.['code'];
  if (typeof code === 'string') return code;
  return error.code === 'request_failed' ? 'unexpected' : error.code;
}
