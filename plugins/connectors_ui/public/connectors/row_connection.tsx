import type { ReactElement } from 'react';
import { AuthorizeButton, DisconnectDialog } from '../authorization_views/index.ts';
import { useDisconnectDialog } from '../connection_controls/index.ts';
import { isConnected } from '../connection_status/index.ts';
import { useOAuthAuthorize } from '../hooks.ts';
import type { ConnectorRow } from './select_connectors.ts';

/**
 * Button that connects the user's own account. Drawn where the user has something to do, and while
 * an attempt runs.
 */
export function ConnectRow({ row }: { readonly row: ConnectorRow }): ReactElement | null {
  const { id: connectorId, name: connectorName, connection } = row;
  const { attempt, authorize, cancel } = useOAuthAuthorize({ connectorId, connectorName });
  const isRunning = ['starting', 'waiting', 'blocked'].includes(attempt.status);
  const needsUser = connection !== undefined && NEEDS_USER.has(connection.nextStep);
  if (row.typeProblem !== undefined || !(isRunning || needsUser)) return null;
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

const NEEDS_USER: ReadonlySet<string> = new Set(['authorize', 'reconnect']);

/** Dialog that ends the user's own connection. */
export function DisconnectRow(props: {
  readonly row: ConnectorRow;
  readonly onClose: () => void;
}): ReactElement {
  const { row, onClose } = props;
  const { phase, disconnect } = useDisconnectDialog(row.id);
  return (
    <DisconnectDialog
      connectorName={row.name}
      account={row.connection?.account}
      phase={phase === 'closed' ? 'asking' : phase}
      onDisconnect={disconnect}
      onClose={onClose}
    />
  );
}
