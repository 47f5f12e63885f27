import { defineMessages } from '@latchkey/core/public';
import type { MenuAction } from '@latchkey/core/public/page_parts';
import type { IntlShape } from 'react-intl';
import { hasSites, hasUsableType } from '../connection_status/index.ts';
import type { ConnectorRow } from './select_connectors.ts';

const messages = defineMessages({
  edit: { id: 'connectorsUi.rowActions.edit', defaultMessage: 'Edit' },
  view: { id: 'connectorsUi.rowActions.view', defaultMessage: 'View settings' },
  test: { id: 'connectorsUi.rowActions.test', defaultMessage: 'Test' },
  users: { id: 'connectorsUi.rowActions.users', defaultMessage: 'Connected users' },
  invite: { id: 'connectorsUi.rowActions.invite', defaultMessage: 'Copy invitation link' },
  site: { id: 'connectorsUi.rowActions.site', defaultMessage: 'Change my site' },
  disconnect: { id: 'connectorsUi.rowActions.disconnect', defaultMessage: 'Disconnect my account' },
  delete: { id: 'connectorsUi.rowActions.delete', defaultMessage: 'Delete' },
});

/** Privileges of the user that determine the entries. */
interface RowRights {
  readonly canUpdate: boolean;
  readonly canExecute: boolean;
  readonly canDelete: boolean;
}

/** Functions that the entries of the menu call. */
export interface RowHandlers {
  readonly onEdit: (row: ConnectorRow) => void;
  readonly onTest: (row: ConnectorRow) => void;
  readonly onUsers: (row: ConnectorRow) => void;
  readonly onInvite: (row: ConnectorRow) => void;
  readonly onSite: (row: ConnectorRow) => void;
  readonly onDisconnect: (row: ConnectorRow) => void;
  readonly onDelete: (row: ConnectorRow) => void;
}

/**
 * Entries for the menu of a row. Entries that this user may not use on this connector are left out.
 */
export function rowMenu(
  row: ConnectorRow,
  rights: RowRights & { readonly isConnected: boolean },
  { intl, handlers }: { readonly intl: IntlShape; readonly handlers: RowHandlers },
): readonly MenuAction[] {
  const { canUpdate, canExecute, canDelete } = rights;
  const isPersonal = row.authMode === 'per-user';
  const isUsable = hasUsableType(row);
  const isReadOnly = row.isPreconfigured || !isUsable;
  const entries: (MenuAction | false)[] = [
    canUpdate && {
      id: 'edit',
      label: intl.formatMessage(isReadOnly ? messages.view : messages.edit),
      icon: isReadOnly ? 'eye' : 'pencil',
      onClick: () => handlers.onEdit(row),
    },
    canExecute &&
      isUsable &&
      !row.isMissingSecrets && {
        id: 'test',
        label: intl.formatMessage(messages.test),
        icon: 'play',
        onClick: () => handlers.onTest(row),
      },
    canUpdate &&
      isPersonal && {
        id: 'users',
        label: intl.formatMessage(messages.users),
        icon: 'users',
        onClick: () => handlers.onUsers(row),
      },
    // No invitation while the connector is unavailable: invited users could not connect.
    canUpdate &&
      isPersonal &&
      row.unavailable === undefined && {
        id: 'invite',
        label: intl.formatMessage(messages.invite),
        icon: 'link',
        onClick: () => handlers.onInvite(row),
      },
    isPersonal &&
      row.connection !== undefined &&
      hasSites(row.connection) && {
        id: 'site',
        label: intl.formatMessage(messages.site),
        icon: 'globe',
        onClick: () => handlers.onSite(row),
      },
    isPersonal &&
      rights.isConnected && {
        id: 'disconnect',
        label: intl.formatMessage(messages.disconnect),
        icon: 'linkSlash',
        onClick: () => handlers.onDisconnect(row),
      },
    canDelete &&
      !row.isPreconfigured && {
        id: 'delete',
        label: intl.formatMessage(messages.delete),
        icon: 'trash',
        isDanger: true,
        onClick: () => handlers.onDelete(row),
      },
  ];
  return entries.filter((entry) => entry !== false);
}
