import type { ReactElement } from 'react';
import type { Services } from './services.ts';

const nothing = (): null => null;

function ConnectButton(props: {
  readonly connectorName: string;
  readonly onAuthorize: () => void;
}): ReactElement {
  return (
    <button type="button" onClick={props.onAuthorize}>
      Connect {props.connectorName}
    </button>
  );
}

/** Services in which the button `Connect {name}` connects immediately, without a popup. */
export function servicesMock(): Services {
  return {
    connectorsUi: {
      useOAuthAuthorize: ({ onSuccess }) => ({
        authorize: () => onSuccess?.({ account: 'ana@example.com', accountChanged: false }),
        authorizeHere: () => undefined,
        cancel: () => undefined,
        attempt: { status: 'idle' },
        followLink: () => undefined,
        dismiss: () => undefined,
        ask: () => undefined,
      }),
      useOAuthDisconnect: () => ({ disconnect: async () => undefined, isDisconnecting: false }),
      useConnectorStatus: () => ({ connection: undefined, isLoading: false, isFailed: false }),
      usesOAuthAuthorizationCode: () => true,
      registerUses: () => undefined,
      AuthorizeButton: ConnectButton,
      AttemptNotice: nothing,
      StatusBadge: nothing,
      DisconnectDialog: nothing,
      ChooseSite: nothing,
      CreateFlyout: nothing,
      EditFlyout: nothing,
    },
  };
}
