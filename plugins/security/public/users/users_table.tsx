import {
  type CriteriaWithPagination,
  EuiBadge,
  EuiBadgeGroup,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiHealth,
  EuiLink,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { PAGE_SIZES, useDateText } from '@latchkey/core/public/page_parts';
import { FormattedMessage, useIntl } from 'react-intl';
import type { UserSearch } from '../security_queries.ts';
import type { UserView } from './user_form.ts';

const messages = defineMessages({
  caption: { id: 'security.users.caption', defaultMessage: 'Users' },
  user: { id: 'security.users.user', defaultMessage: 'User' },
  roles: { id: 'security.users.roles', defaultMessage: 'Roles' },
  lastLogin: { id: 'security.users.lastLogin', defaultMessage: 'Last login' },
  status: { id: 'security.users.status', defaultMessage: 'Status' },
  noMatch: { id: 'security.users.noMatch', defaultMessage: 'No user matches this search' },
  edit: { id: 'security.users.edit', defaultMessage: 'Edit' },
  editHelp: { id: 'security.users.editHelp', defaultMessage: 'Edit names and roles' },
  password: { id: 'security.users.password', defaultMessage: 'Reset password' },
  passwordHelp: { id: 'security.users.passwordHelp', defaultMessage: 'Set a new password' },
  disable: { id: 'security.users.disable', defaultMessage: 'Disable' },
  disableHelp: {
    id: 'security.users.disableHelp',
    defaultMessage: 'Sign the user out and refuse new logins',
  },
  enable: { id: 'security.users.enable', defaultMessage: 'Enable' },
  enableHelp: { id: 'security.users.enableHelp', defaultMessage: 'Let the user sign in again' },
  delete: { id: 'security.users.delete', defaultMessage: 'Delete' },
  grants: { id: 'security.users.grants', defaultMessage: 'Show authorizations' },
  grantsHelp: {
    id: 'security.users.grantsHelp',
    defaultMessage: 'Accounts that the user has connected',
  },
  deleteHelp: { id: 'security.users.deleteHelp', defaultMessage: 'Delete the user' },
});

type ActionIcon = 'link' | 'pencil' | 'key' | 'lock' | 'lockOpen' | 'trash';

/** Actions of an administrator on a user. */
export interface UserActions {
  readonly onEdit: (user: UserView) => void;
  readonly onResetPassword: (user: UserView) => void;
  readonly onSetEnabled: (user: UserView, enabled: boolean) => void;
  readonly onDelete: (user: UserView) => void;
  /** `undefined`: this administrator may not see authorizations of others. */
  readonly onShowGrants: ((user: UserView) => void) | undefined;
}

/** One page of the users. */
export function UsersTable(
  props: UserActions & {
    readonly users: readonly UserView[];
    /** Number of users on all pages. */
    readonly total: number;
    readonly page: Pick<UserSearch, 'page' | 'perPage'>;
    /** Name of the administrator, who can neither disable nor delete themselves here. */
    readonly currentUsername: string;
    readonly onPage: (page: Pick<UserSearch, 'page' | 'perPage'>) => void;
  },
) {
  const { users, total, page, onPage } = props;
  const { formatMessage } = useIntl();
  const dateText = useDateText();
  const columns: EuiBasicTableColumn<UserView>[] = [
    {
      field: 'username',
      name: formatMessage(messages.user),
      render: (_: unknown, user: UserView) => <NameOf user={user} onEdit={props.onEdit} />,
      mobileOptions: { header: false, width: '100%' },
    },
    {
      field: 'roles',
      name: formatMessage(messages.roles),
      render: (roles: UserView['roles']) => <RolesOf roles={roles} />,
    },
    {
      field: 'last_login',
      name: formatMessage(messages.lastLogin),
      render: (at: string | null) => (at === null ? <Never /> : dateText(at)),
    },
    {
      field: 'enabled',
      name: formatMessage(messages.status),
      width: '120px',
      render: (enabled: boolean) =>
        enabled ? (
          <EuiHealth color="success">
            <FormattedMessage id="security.users.enabled" defaultMessage="Enabled" />
          </EuiHealth>
        ) : (
          <EuiHealth color="subdued">
            <FormattedMessage id="security.users.disabled" defaultMessage="Disabled" />
          </EuiHealth>
        ),
    },
    { width: '48px', actions: useActions(props) },
  ];
  return (
    <EuiBasicTable<UserView>
      tableCaption={formatMessage(messages.caption)}
      items={[...users]}
      itemId="username"
      columns={columns}
      noItemsMessage={formatMessage(messages.noMatch)}
      pagination={{
        pageIndex: page.page - 1,
        pageSize: page.perPage,
        totalItemCount: total,
        pageSizeOptions: PAGE_SIZES,
      }}
      onChange={({ page: next }: CriteriaWithPagination<UserView>) =>
        onPage({ page: next.index + 1, perPage: next.size })
      }
    />
  );
}

function useActions(
  props: UserActions & { readonly currentUsername: string },
): NonNullable<Extract<EuiBasicTableColumn<UserView>, { actions: unknown }>['actions']> {
  const { currentUsername, onEdit, onResetPassword, onSetEnabled, onDelete, onShowGrants } = props;
  const { formatMessage } = useIntl();
  const isOther = ({ username }: UserView) => username !== currentUsername;
  const action = (
    name: 'edit' | 'grants' | 'password' | 'disable' | 'enable' | 'delete',
    icon: ActionIcon,
  ) => ({
    name: formatMessage(messages[name]),
    description: formatMessage(messages[`${name}Help`]),
    icon,
    type: 'icon' as const,
  });
  return [
    { ...action('edit', 'pencil'), onClick: onEdit },
    { ...action('password', 'key'), available: isOther, onClick: onResetPassword },
    {
      ...action('disable', 'lock'),
      available: (user) => user.enabled && isOther(user),
      onClick: (user) => onSetEnabled(user, false),
    },
    {
      ...action('enable', 'lockOpen'),
      available: (user) => !user.enabled,
      onClick: (user) => onSetEnabled(user, true),
    },
    ...(onShowGrants === undefined ? [] : [{ ...action('grants', 'link'), onClick: onShowGrants }]),
    { ...action('delete', 'trash'), color: 'danger', available: isOther, onClick: onDelete },
  ];
}

function NameOf({ user, onEdit }: { readonly user: UserView } & Pick<UserActions, 'onEdit'>) {
  const details = [...(user.full_name === null ? [] : [user.username]), user.email].filter(
    (text) => text !== null && text !== '',
  );
  return (
    <div css={{ overflowWrap: 'anywhere' }}>
      <EuiLink onClick={() => onEdit(user)}>{user.full_name ?? user.username}</EuiLink>
      {details.length > 0 && (
        <EuiText size="xs" color="subdued">
          {details.join(' · ')}
        </EuiText>
      )}
    </div>
  );
}

function RolesOf({ roles }: Pick<UserView, 'roles'>) {
  if (roles.length === 0)
    return (
      <EuiText size="s" color="subdued" component="span">
        <FormattedMessage id="security.users.noRoles" defaultMessage="None" />
      </EuiText>
    );
  return (
    <EuiBadgeGroup gutterSize="xs">
      {roles.map((role) => (
        <EuiBadge key={role} color="hollow">
          {role}
        </EuiBadge>
      ))}
    </EuiBadgeGroup>
  );
}

function Never() {
  return (
    <EuiText size="s" color="subdued" component="span">
      <FormattedMessage id="security.users.neverSignedIn" defaultMessage="Not yet" />
    </EuiText>
  );
}
