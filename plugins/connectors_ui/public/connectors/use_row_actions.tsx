import { useCore } from '@latchkey/core/public';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import { isConnected } from '../connection_status/index.ts';
import type { ConnectorsTableProps } from './connectors_table.tsx';
import type { OpenFlyout } from './page_state.ts';
import { PrimaryAction } from './row_connection.tsx';
import { type RowHandlers, rowMenu } from './row_menu.ts';
import type { ConnectorRow } from './select_connectors.ts';
import { useInvitation } from './use_invitation.ts';

/**
 * Functions of the page that actions of rows call. Each must stay the same function between
 * renders.
 */
export interface RowActionTargets {
  readonly openFlyout: (flyout: OpenFlyout) => void;
  readonly chooseSite: (row: ConnectorRow) => void;
  readonly disconnect: (row: ConnectorRow) => void;
  readonly askToDelete: (rows: readonly ConnectorRow[]) => void;
}

/**
 * Returns the actions of each row. The result stays the same while the user types, so that rows are
 * not rendered again.
 */
export function useRowActions({
  openFlyout,
  chooseSite,
  disconnect,
  askToDelete,
}: RowActionTargets): Pick<ConnectorsTableProps, 'onOpen' | 'actionsOf' | 'primaryActionOf'> {
  const intl = useIntl();
  const { can } = useCore().application;
  const copyInvitation = useInvitation();
  return useMemo(() => {
    const rights = {
      canUpdate: can('actions:update'),
      canExecute: can('actions:execute'),
      canDelete: can('actions:delete'),
    };
    const handlers: RowHandlers = {
      onEdit: ({ id }) => openFlyout({ kind: 'edit', id, tab: 'configuration' }),
      onTest: ({ id }) => openFlyout({ kind: 'edit', id, tab: 'test' }),
      onUsers: ({ id }) => openFlyout({ kind: 'edit', id, tab: 'users' }),
      onInvite: copyInvitation,
      onSite: chooseSite,
      onDisconnect: disconnect,
      onDelete: (row) => askToDelete([row]),
    };
    return {
      onOpen: handlers.onEdit,
      actionsOf: (row) =>
        rowMenu(
          row,
          { ...rights, isConnected: row.connection !== undefined && isConnected(row.connection) },
          { intl, handlers },
        ),
      primaryActionOf: (row) => (
        <PrimaryAction
          row={row}
          onFix={rights.canUpdate ? () => handlers.onEdit(row) : undefined}
        />
      ),
    };
  }, [intl, can, copyInvitation, openFlyout, chooseSite, disconnect, askToDelete]);
}
