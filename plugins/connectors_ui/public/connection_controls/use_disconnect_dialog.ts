import { useState } from 'react';
import type { RevocationResult } from '../authorization/index.ts';
import { useOAuthDisconnect } from '../hooks.ts';

type Phase = 'closed' | 'asking' | 'busy' | 'failed' | { readonly result: RevocationResult };

/** State of the dialog that disconnects. */
export interface DisconnectDialogState {
  readonly phase: Phase;
  readonly open: () => void;
  readonly close: () => void;
  readonly disconnect: () => void;
}

/** State of the dialog that ends the current user's authorization of a connector. */
export function useDisconnectDialog(connectorId: string): DisconnectDialogState {
  const [phase, setPhase] = useState<Phase>('closed');
  const { disconnect } = useOAuthDisconnect({
    connectorId,
    onSuccess: (result) => setPhase({ result }),
    onError: () => setPhase('failed'),
  });
  return {
    phase,
    open: () => setPhase('asking'),
    close: () => setPhase('closed'),
    disconnect: () => {
      setPhase('busy');
      void disconnect();
    },
  };
}
