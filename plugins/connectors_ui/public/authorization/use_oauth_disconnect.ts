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
 * Result of the revocation at the provider. `waiting`: the server tries again. `unsupported`,
 * `failed`: the user must remove the authorization at the provider. `none`: there was no
 * authorization. `unknown`: the user is disconnected, but the response with the result was lost.
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
   * @param state `connected`: the user is still connected; the server refused, or said so after a
   *   lost response. `unknown`: the response was lost, and the server could not be asked
   */
  readonly onError?: (error: unknown, state: 'connected' | 'unknown') => void;
}

/** Result of {@link useOAuthDisconnect}. */
export interface DisconnectHookResult {
  readonly disconnect: () => Promise<void>;
  readonly isDisconnecting: boolean;
}

/** Milliseconds for the request for the state after a lost response. */
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
      // If the response has no result, the server probably continues to revoke the tokens.
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

/**
 * Reads the state after a failed request, because a request whose response was lost may have had an
 * effect.
 */
async function stateAfter(
  error: unknown,
  http: HttpClient,
  connectorId: string,
): Promise<'connected' | 'disconnected' | 'unknown'> {
  if (!(error instanceof HttpClientError)) return 'unknown';
  // If the connector does not exist, no user is connected to it.
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
    // The caller shows the error of the first request.
    return 'unknown';
  }
}
