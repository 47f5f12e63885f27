import { EuiBadge, type EuiBasicTableColumn, EuiLink, EuiText, EuiToolTip } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { ActionsHeader, ListTable, WHOLE_CARD } from '@latchkey/core/public/page_parts';
import { FormattedMessage, useIntl } from 'react-intl';
import { useSpaceName } from '../space_name.ts';
import type { SpaceName } from '../types.ts';
import { isReserved, type RoleView } from './role_form.ts';

const messages = defineMessages({
  caption: { id: 'security.roles.caption', defaultMessage: 'Roles' },
  name: { id: 'security.roles.name', defaultMessage: 'Role' },
  description: { id: 'security.roles.description', defaultMessage: 'Description' },
  spaces: { id: 'security.roles.spaces', defaultMessage: 'Spaces' },
  delete: { id: 'security.roles.delete', defaultMessage: 'Delete' },
  deleteHelp: { id: 'security.roles.deleteHelp', defaultMessage: 'Delete the role' },
  noMatch: { id: 'security.roles.noMatch', defaultMessage: 'No role contains this text' },
});

/** Table of roles, in pages. */
export function RolesTable(props: {
  readonly roles: readonly RoleView[];
  readonly spaces: readonly SpaceName[];
  readonly onOpen: (role: RoleView) => void;
  readonly onDelete: (role: RoleView) => void;
}) {
  const { roles, spaces, onOpen, onDelete } = props;
  const { formatMessage } = useIntl();
  const columns: EuiBasicTableColumn<RoleView>[] = [
    {
      field: 'name',
      name: formatMessage(messages.name),
      render: (_: unknown, role: RoleView) => (
        <span>
          <EuiLink color="primary" onClick={() => onOpen(role)}>
            {role.name}
          </EuiLink>{' '}
          {isReserved(role) && <BuiltInBadge />}
        </span>
      ),
      mobileOptions: { header: false },
      ...WHOLE_CARD,
    },
    {
      field: 'description',
      name: formatMessage(messages.description),
      render: (_: unknown, { description }: RoleView) => description ?? '–',
    },
    {
      name: formatMessage(messages.spaces),
      render: (role: RoleView) => <SpacesOf role={role} spaces={spaces} />,
    },
    {
      name: <ActionsHeader />,
      width: '48px',
      actions: [
        {
          name: formatMessage(messages.delete),
          description: formatMessage(messages.deleteHelp),
          icon: 'trash',
          type: 'icon',
          color: 'text',
          available: (role) => !isReserved(role),
          onClick: onDelete,
        },
      ],
    },
  ];
  return (
    <ListTable<RoleView>
      caption={formatMessage(messages.caption)}
      items={roles}
      itemId="name"
      columns={columns}
      noMatch={formatMessage(messages.noMatch)}
    />
  );
}

function SpacesOf({
  role,
  spaces,
}: {
  readonly role: RoleView;
  readonly spaces: readonly SpaceName[];
}) {
  const { formatList } = useIntl();
  const nameOf = useSpaceName(spaces);
  const ids = [...new Set(role.kibana.flatMap((grant) => grant.spaces))];
  return ids.length === 0 ? <Nothing /> : <span>{formatList(ids.map(nameOf))}</span>;
}

function BuiltInBadge() {
  return (
    <EuiToolTip
      content={
        <FormattedMessage
          id="security.roles.builtInHelp"
          defaultMessage="Part of every installation. It cannot be changed."
        />
      }
    >
      <EuiBadge color="hollow" tabIndex={0}>
        <FormattedMessage id="security.roles.builtIn" defaultMessage="Built in" />
      </EuiBadge>
    </EuiToolTip>
  );
}

function Nothing() {
  return (
    <EuiText size="s" color="subdued" component="span">
      <FormattedMessage id="security.roles.nothing" defaultMessage="None" />
    </EuiText>
  );
}
