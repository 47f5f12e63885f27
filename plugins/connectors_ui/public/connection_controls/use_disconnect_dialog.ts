import { useCore } from '@latchkey/core/public';
import { useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import type { RevocationResult } from '../authorization/index.ts';
import {
  type DisconnectDialogProps,
  disconnectedTitle,
  disconnectFailure,
  needsUser,
  revocationText,
} from '../authorization_views/index.ts';
import { errorText } from '../error_text.ts';
import { useOAuthDisconnect } from '../hooks.ts';

type Phase = 'closed' | DisconnectDialogProps['phase'];

/** State of the dialog that disconnects. */
export interface DisconnectDialogState {
  readonly phase: Phase;
  readonly open: () => void;
  readonly close: () => void;
  readonly disconnect: () => void;
}

/**
 * State of the dialog that ends the current user's authorization of a connector. The result of a
 * dialog that was closed while it waited for the server is shown as a toast.
 */
export function useDisconnectDialog(
  connectorId: string,
  connectorName: string,
): DisconnectDialogState {
  const { feedback } = useCore();
  const intl = useIntl();
  const [phase, setPhase] = useState<Phase>('closed');
  const isClosed = useRef(false);
  const { disconnect } = useOAuthDisconnect({
    connectorId,
    onSuccess: (result) => (isClosed.current ? toastResult(result) : setPhase({ result })),
    onError: (error, state) => {
      const failed: Phase = state === 'unknown' ? 'unknown' : { failure: errorText(intl, error) };
      if (isClosed.current) feedback.toast({ ...disconnectFailure(intl, failed), color: 'danger' });
      else setPhase(failed);
    },
  });
  const toastResult = (result: RevocationResult): void =>
    feedback.toast({
      title: disconnectedTitle(intl, connectorName),
      text: revocationText(intl, result),
      color: needsUser(result) ? 'warning' : 'success',
    });
  return {
    phase,
    open: () => {
      isClosed.current = false;
      setPhase('asking');
    },
    close: () => {
      isClosed.current = true;
      setPhase('closed');
    },
    disconnect: () => {
      isClosed.current = false;
      setPhase('busy');
      void disconnect();
    },
  };
}
