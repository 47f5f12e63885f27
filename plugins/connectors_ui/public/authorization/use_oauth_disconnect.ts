import { disconnect, getAuthorizationStatus } from '@latchkey/actions-plugin/common';
import {
  type HttpClient,
  HttpClientError,
  PROVIDER_TIMEOUT_MS,
  useCore,
} from '@latchkey/core/public';
import { useCallback, useState } from 'react';
import { isConnected, toConnection } from '../connection_status/index.ts';

/**
 * Result at the provider. `waiting`: the server tries again. `unsupported`, `failed`: the user must
 * remove the authorization there. `none`: there was no authorization. `unknown`: the response was
 * lost, but the user is disconnected.
 */
export type RevocationResult =
  | 'revoked'
  | 'waiting'
  | 'unsupported'
  | 'failed'
  | 'none'
  | 'unknown';

/** Options of {@link useOAuthDisconnect}. */
export interface DisconnectHookOptions {
  readonly connectorId: string;
  readonly onSuccess?: (result: RevocationResult) => void;
  /**
   * @param state `connected`: the server refused, or said after a lost response that the user is
   * still connected. `unknown`: the response was lost, and the server could not be asked.
   */
  readonly onError?: (error: unknown, state: 'connected' | 'unknown') => void;
}

/** Result of {@link useOAuthDisconnect}. */
export interface DisconnectHookResult {
  readonly disconnect: () => Promise<void>;
  readonly isDisconnecting: boolean;
}

/** Deadline of the request for the state after a lost response, in milliseconds. */
const STATE_TIMEOUT_MS = 15_000;

/**
 * Ends the current user's authorization of a connector.
 * @param announceChange called after the end, so that all views read the connection again
 */
export function useDisconnectWith(
  announceChange: () => void,
  { connectorId, onSuccess, onError }: DisconnectHookOptions,
): DisconnectHookResult {
  const { http } = useCore();
  const [isDisconnecting, setDisconnecting] = useState(false);
  const run = useCallback(async () => {
    setDisconnecting(true);
    try {
      const body = await http.call(disconnect, {
        params: { connectorId },
        query: { with_outcome: 'true' },
        timeoutMs: PROVIDER_TIMEOUT_MS,
      });
      announceChange();
      // Without a result, assume that the server continues to revoke the tokens.
      onSuccess?.(body?.revocation ?? 'waiting');
    } catch (error) {
      const state = await stateAfter(error, http, connectorId);
      announceChange();
      if (state === 'disconnected') onSuccess?.('unknown');
      else onError?.(error, state);
    } finally {
      setDisconnecting(false);
    }
  }, [http, connectorId, announceChange, onSuccess, onError]);
  return { disconnect: run, isDisconnecting };
}

/** State after a failed request. A request whose response was lost may have had its effect. */
async function stateAfter(
  error: unknown,
  http: HttpClient,
  connectorId: string,
): Promise<'connected' | 'disconnected' | 'unknown'> {
  if (!(error instanceof HttpClientError)) return 'unknown';
  // Nobody is connected to a connector that does not exist.
  if (error.status === 404) return 'disconnected';
  if (!error.isOutcomeUnknown) return 'connected';
  try {
    const all = await http.call(getAuthorizationStatus, {
      body: { connector_ids: [connectorId] },
      timeoutMs: STATE_TIMEOUT_MS,
    });
    const status = all[connectorId];
    const isStillConnected = status !== undefined && isConnected(toConnection(status));
    return isStillConnected ? 'connected' : 'disconnected';
  } catch {
    // The caller shows the first error.
    return 'unknown';
  }
}
