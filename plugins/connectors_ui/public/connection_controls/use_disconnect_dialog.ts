import type { Toast } from '@latchkey/core/public';
import { type RunningDialog, useDialogResult } from '@latchkey/core/public/page_parts';
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
 * State of the dialog that ends the current user's authorization of a connector. If the dialog is
 * closed before the response of the server, a toast shows the result.
 */
export function useDisconnectDialog(
  connectorId: string,
  connectorName: string,
): DisconnectDialogState {
  const intl = useIntl();
  const [phase, setPhase] = useState<Phase>('closed');
  const dialog = useDialogResult();
  const running = useRef<RunningDialog>();
  const show = (result: Exclude<Phase, 'closed'>, toast: Toast): void =>
    running.current?.show({ inDialog: () => setPhase(result), toast });
  const { disconnect, isDisconnecting } = useOAuthDisconnect({
    connectorId,
    onSuccess: (result) => show({ result }, toastOf(result)),
    onError: (error, state) => {
      const failed = state === 'unknown' ? state : { failure: errorText(intl, error) };
      show(failed, { ...disconnectFailure(intl, failed), color: 'danger' });
    },
  });
  const toastOf = (result: RevocationResult): Toast => ({
    title: disconnectedTitle(intl, connectorName),
    text: revocationText(intl, result),
    color: needsUser(result) ? 'warning' : 'success',
  });
  return {
    phase,
    open: () => {
      dialog.open();
      // The dialog was closed and opened again during a request. It shows the result of the same
      // request.
      if (isDisconnecting) running.current = dialog.begin();
      setPhase(isDisconnecting ? 'busy' : 'asking');
    },
    close: () => {
      dialog.close();
      setPhase('closed');
    },
    disconnect: () => {
      running.current = dialog.begin();
      setPhase('busy');
      void disconnect();
    },
  };
}
