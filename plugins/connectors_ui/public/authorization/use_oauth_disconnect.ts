import { disconnect } from '@latchkey/actions-plugin/common';
import { useCore } from '@latchkey/core/public';
import { useCallback, useState } from 'react';

/**
 * Result at the provider. `waiting`: the server tries again. `unsupported`, `failed`: the user must
 * remove the authorization there. `none`: there was no authorization.
 */
export type RevocationResult = 'revoked' | 'waiting' | 'unsupported' | 'failed' | 'none';

/** Options of {@link useOAuthDisconnect}. */
export interface DisconnectHookOptions {
  readonly connectorId: string;
  readonly onSuccess?: (result: RevocationResult) => void;
  readonly onError?: (error: unknown) => void;
}

/** Result of {@link useOAuthDisconnect}. */
export interface DisconnectHookResult {
  readonly disconnect: () => Promise<void>;
  readonly isDisconnecting: boolean;
}

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
      });
      announceChange();
      // Without a result, assume that the server continues to revoke the tokens.
      onSuccess?.(body?.revocation ?? 'waiting');
    } catch (error) {
      onError?.(error);
    } finally {
      setDisconnecting(false);
    }
  }, [http, connectorId, announceChange, onSuccess, onError]);
  return { disconnect: run, isDisconnecting };
}
