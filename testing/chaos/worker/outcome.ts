import { ConnectorAuthorizationError } from '@latchkey/connector-specs';
import type { Response } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call } from '../plan/protocol.ts';

/** Response to a caller, as the history records it. */
export interface Outcome {
  readonly response: Response;
  readonly code: string | undefined;
}

/** Result of an execution, as the executor or the route returns it. */
export interface Told {
  readonly status: 'ok' | 'error';
  readonly data?: unknown;
  readonly message?: string | undefined;
  readonly serviceMessage?: string | undefined;
  readonly retry?: boolean | Date | string | null | undefined;
  readonly errorSource?: string | undefined;
  readonly authorizationReason?: string | undefined;
}

/** Runs a call and records its beginning and its end. Never rejects unless `run` does. */
export async function recordCall(
  { recorder, worker }: { readonly recorder: Recorder; readonly worker: string },
  { call, user, connector, deadlineMs }: Call,
  run: () => Promise<Outcome & { readonly waitedWithFreshToken: boolean }>,
): Promise<void> {
  recorder.record({ type: 'call_start', call, worker, user, connector, deadlineMs });
  recorder.record({ type: 'call_end', call, ...(await run()) });
}

/**
 * Returns the class of a result, as the routes distinguish classes. `undefined`: the server itself
 * is the cause.
 */
export function outcomeOf(told: Told): Outcome | undefined {
  const { data, retry, errorSource, serviceMessage, message, authorizationReason } = told;
  if (told.status === 'ok') {
    const { status } = (data ?? {}) as { readonly status?: number };
    if (status === 200) return { response: 'ok', code: undefined };
    return { response: status === 401 ? 'refused' : 'api_failed', code: `${status}` };
  }
  if (authorizationReason !== undefined)
    return { response: 'authorize', code: authorizationReason };
  if (errorSource === 'user' && retry === false)
    return { response: 'misconfigured', code: serviceMessage };
  return errorSource === 'framework' ? undefined : { response: 'api_failed', code: message };
}

/** Returns a short text for the history, which never contains a secret. */
export function codeOf(error: unknown): string {
  if (error instanceof ConnectorAuthorizationError) return error.reason;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return `${name}: ${message}`;
}
