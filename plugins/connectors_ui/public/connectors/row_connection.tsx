import { EuiButton } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { AttemptNotice, AuthorizeButton, DisconnectDialog } from '../authorization_views/index.ts';
import {
  useAccountDecision,
  useConnectorUses,
  useDisconnectDialog,
  useSettingsLink,
} from '../connection_controls/index.ts';
import {
  hasUsableType,
  isConnected,
  needsAuthorization,
  needsSite,
} from '../connection_status/index.ts';
import { useOAuthAuthorize } from '../hooks.ts';
import { ChooseSite, SiteChoice } from '../site_choice/index.ts';
import type { ConnectorRow } from './select_connectors.ts';

const messages = defineMessages({
  fix: { id: 'connectorsUi.row.fix', defaultMessage: 'Fix' },
  fixNamed: { id: 'connectorsUi.row.fixNamed', defaultMessage: 'Fix {name}' },
});

/**
 * The most important action of a row: to enter missing credentials, or to connect. Without
 * credentials no user can connect. While the type is not available, credentials cannot be entered.
 */
export function PrimaryAction(props: {
  readonly row: ConnectorRow;
  /** Opens the form of the connector. `undefined`: the user may not edit the connector. */
  readonly onFix: (() => void) | undefined;
}): ReactElement | null {
  const { row, onFix } = props;
  const { formatMessage } = useIntl();
  if (!row.isMissingSecrets) return <ConnectRow row={row} />;
  if (onFix === undefined || !hasUsableType(row)) return null;
  return (
    <EuiButton
      size="s"
      color="warning"
      iconType="wrench"
      aria-label={formatMessage(messages.fixNamed, { name: row.name })}
      onClick={onFix}
    >
      {formatMessage(messages.fix)}
    </EuiButton>
  );
}

/**
 * Button that connects the user's own account. Rendered if the user should connect, and during an
 * attempt.
 */
function ConnectRow({ row }: { readonly row: ConnectorRow }): ReactElement | null {
  const { id: connectorId, name: connectorName, connection } = row;
  const { attempt, authorize, cancel } = useOAuthAuthorize({ connectorId, connectorName });
  const isRunning = ['starting', 'waiting', 'blocked'].includes(attempt.status);
  if (!isRunning && connection !== undefined && needsSite(connection))
    return <ChooseSite {...{ connectorId, connectorName }} />;
  const needsUser = connection !== undefined && needsAuthorization(connection);
  if (!(isRunning || (needsUser && row.unavailable === undefined))) return null;
  return (
    <AuthorizeButton
      attempt={attempt}
      connectorName={connectorName}
      isReconnect={connection !== undefined && isConnected(connection)}
      onAuthorize={authorize}
      onCancel={cancel}
    />
  );
}

/** Progress and result of the authorization of a row. */
export function RowNotice({ row }: { readonly row: ConnectorRow }): ReactElement {
  const { id: connectorId, name: connectorName, connection } = row;
  const oauth = useOAuthAuthorize({ connectorId, connectorName });
  const settings = useSettingsLink(connectorId);
  const decision = useAccountDecision(connectorId, connection?.accountChangeId);
  return (
    <AttemptNotice
      attempt={oauth.attempt}
      connectorName={connectorName}
      onAuthorize={oauth.authorize}
      onFollowLink={oauth.followLink}
      onAuthorizeHere={oauth.authorizeHere}
      onDismiss={oauth.dismiss}
      settings={settings}
      decision={{ onDecide: decision.decide, isDeciding: decision.isDeciding }}
    />
  );
}

/** Dialog that changes the site of the user's own connection. */
export function ChooseRowSite(props: {
  readonly row: ConnectorRow;
  readonly onClose: () => void;
}): ReactElement {
  const { row, onClose } = props;
  return <SiteChoice connectorId={row.id} connectorName={row.name} onClose={onClose} />;
}

/** Dialog that ends the user's own connection. */
export function DisconnectRow(props: {
  readonly row: ConnectorRow;
  readonly onClose: () => void;
}): ReactElement {
  const { row, onClose } = props;
  const { phase, disconnect, close } = useDisconnectDialog(row.id, row.name);
  const uses = useConnectorUses(row.id, { isNeeded: true });
  return (
    <DisconnectDialog
      connectorName={row.name}
      account={row.connection?.account}
      uses={uses}
      phase={phase === 'closed' ? 'asking' : phase}
      onDisconnect={disconnect}
      onClose={() => {
        close();
        onClose();
      }}
    />
  );
}
