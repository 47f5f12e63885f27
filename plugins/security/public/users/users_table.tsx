import {
  EuiBadge,
  EuiBadgeGroup,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiHealth,
  EuiLink,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  BESIDE_ROW_MENU,
  type MenuAction,
  NoMatch,
  PAGE_SIZES,
  rowMenuColumn,
  SMALLEST_PAGE,
  useDateText,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import { FormattedMessage, type IntlShape, useIntl } from 'react-intl';
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
  password: { id: 'security.users.password', defaultMessage: 'Reset password' },
  disable: { id: 'security.users.disable', defaultMessage: 'Disable' },
  enable: { id: 'security.users.enable', defaultMessage: 'Enable' },
  delete: { id: 'security.users.delete', defaultMessage: 'Delete' },
  grants: { id: 'security.users.grants', defaultMessage: 'Show authorizations' },
});

type ActionIcon = 'link' | 'pencil' | 'key' | 'lock' | 'lockOpen' | 'trash';

/** Actions of an administrator on a user of the table. */
export interface UserActions {
  readonly onEdit: (user: UserView) => void;
  readonly onResetPassword: (user: UserView) => void;
  readonly onSetEnabled: (user: UserView, enabled: boolean) => void;
  readonly onDelete: (user: UserView) => void;
  /** Opens the authorizations of a user. `undefined`: this administrator may not see them. */
  readonly onShowGrants: ((user: UserView) => void) | undefined;
}

/** One page of the users. */
export function UsersTable(
  props: UserActions & {
    readonly users: readonly UserView[];
    /** Number of users on all pages. */
    readonly total: number;
    readonly page: Pick<UserSearch, 'page' | 'perPage'>;
    /** Username of the administrator. Administrators cannot disable or delete themselves here. */
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
      mobileOptions: { header: false },
      ...WHOLE_CARD,
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
    rowMenuColumn((user) => ({
      name: user.full_name ?? user.username,
      actionsOf: () => actionsOf(user, props, formatMessage),
    })),
  ];
  if (users.length === 0) return <NoMatch title={formatMessage(messages.noMatch)} />;
  return (
    <EuiBasicTable<UserView>
      tableCaption={formatMessage(messages.caption)}
      items={[...users]}
      itemId="username"
      columns={columns}
      {...(total <= SMALLEST_PAGE
        ? {}
        : {
            pagination: {
              pageIndex: page.page - 1,
              pageSize: page.perPage,
              totalItemCount: total,
              pageSizeOptions: PAGE_SIZES,
            },
          })}
      onChange={({ page: next }) => {
        if (next !== undefined) onPage({ page: next.index + 1, perPage: next.size });
      }}
    />
  );
}

function actionsOf(
  user: UserView,
  props: UserActions & { readonly currentUsername: string },
  formatMessage: IntlShape['formatMessage'],
): readonly MenuAction[] {
  const isOther = user.username !== props.currentUsername;
  const action = (
    id: 'edit' | 'grants' | 'password' | 'disable' | 'enable' | 'delete',
    icon: ActionIcon,
    onClick: () => void,
  ): MenuAction => ({ id, label: formatMessage(messages[id]), icon, onClick });
  const { onEdit, onResetPassword, onSetEnabled, onDelete, onShowGrants } = props;
  return [
    action('edit', 'pencil', () => onEdit(user)),
    ...(isOther ? [action('password', 'key', () => onResetPassword(user))] : []),
    ...(user.enabled && isOther
      ? [action('disable', 'lock', () => onSetEnabled(user, false))]
      : []),
    ...(user.enabled ? [] : [action('enable', 'lockOpen', () => onSetEnabled(user, true))]),
    ...(onShowGrants === undefined ? [] : [action('grants', 'link', () => onShowGrants(user))]),
    ...(isOther ? [{ ...action('delete', 'trash', () => onDelete(user)), isDanger: true }] : []),
  ];
}

function NameOf({ user, onEdit }: { readonly user: UserView } & Pick<UserActions, 'onEdit'>) {
  const details = [...(user.full_name === null ? [] : [user.username]), user.email].filter(
    (text) => text !== null && text !== '',
  );
  return (
    <div css={{ overflowWrap: 'anywhere', ...BESIDE_ROW_MENU }}>
      <EuiLink color="primary" onClick={() => onEdit(user)}>
        <bdi>{user.full_name ?? user.username}</bdi>
      </EuiLink>
      {details.length > 0 && (
        <EuiText size="xs" color="subdued" css={{ overflow: 'hidden' }}>
          <p css={{ marginInlineStart: '-1em' }}>
            {details.map((text) => (
              <span key={text} css={DETAIL}>
                {text}
              </span>
            ))}
          </p>
        </EuiText>
      )}
    </div>
  );
}

/**
 * Style for details with dots between them. A dot at the start of a line is moved out of the
 * visible box.
 */
const DETAIL = {
  display: 'inline-block',
  position: 'relative',
  paddingInlineStart: '1em',
  '&::before': { content: '"·"', position: 'absolute', insetInlineStart: '0.4em' },
} as const;

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
