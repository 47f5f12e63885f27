import type { ReactElement } from 'react';
import { useServices } from '../services.ts';

/** Properties of {@link ConnectAccount}. */
interface ConnectAccountProps {
  readonly connectorId: string;
  readonly connectorName: string;
  /** `true`: the user was connected before. */
  readonly isReconnect: boolean;
  readonly onConnected: () => void;
}

/**
 * Button that connects the user's own account, with what the user has to know while the popup is
 * open. If the connection lacks only the choice of a site, the button opens that choice instead.
 */
export function ConnectAccount(props: ConnectAccountProps): ReactElement {
  const { connectorId, connectorName, isReconnect, onConnected } = props;
  const { connectorsUi } = useServices();
  const { AuthorizeButton, AttemptNotice, ChooseSite } = connectorsUi;
  const { connection } = connectorsUi.useConnectorStatus(connectorId);
  const oauth = connectorsUi.useOAuthAuthorize({
    connectorId,
    connectorName,
    onSuccess: onConnected,
  });
  if (connection?.status === 'needs_site')
    return <ChooseSite {...{ connectorId, connectorName }} onChosen={onConnected} isPrimary />;
  return (
    <div css={{ display: 'grid', gap: 8, justifyItems: 'start' }}>
      <AuthorizeButton
        attempt={oauth.attempt}
        connectorName={connectorName}
        isReconnect={isReconnect}
        isPrimary
        onAuthorize={oauth.authorize}
        onCancel={oauth.cancel}
      />
      <AttemptNotice
        attempt={oauth.attempt}
        connectorName={connectorName}
        onAuthorize={oauth.authorize}
        onFollowLink={oauth.followLink}
        onAuthorizeHere={oauth.authorizeHere}
        onDismiss={oauth.dismiss}
      />
    </div>
  );
}
