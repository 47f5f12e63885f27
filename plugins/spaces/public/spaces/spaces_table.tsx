import {
  EuiBadge,
  type EuiBasicTableColumn,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLink,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { ListTable } from '@latchkey/core/public/page_parts';
import { FormattedMessage, useIntl } from 'react-intl';
import { SpaceAvatar } from '../space_avatar.tsx';
import type { StoredSpace } from './space_form.ts';

const messages = defineMessages({
  caption: { id: 'spaces.table.caption', defaultMessage: 'Spaces' },
  space: { id: 'spaces.table.space', defaultMessage: 'Space' },
  id: { id: 'spaces.table.id', defaultMessage: 'Identifier' },
  description: { id: 'spaces.table.description', defaultMessage: 'Description' },
  enter: { id: 'spaces.table.enter', defaultMessage: 'Enter' },
  enterHelp: { id: 'spaces.table.enterHelp', defaultMessage: 'Enter the space' },
  edit: { id: 'spaces.table.edit', defaultMessage: 'Edit' },
  editHelp: { id: 'spaces.table.editHelp', defaultMessage: 'Edit the space' },
  delete: { id: 'spaces.table.delete', defaultMessage: 'Delete' },
  deleteHelp: {
    id: 'spaces.table.deleteHelp',
    defaultMessage: 'Delete the space with everything in it',
  },
  noMatch: { id: 'spaces.table.noMatch', defaultMessage: 'No space contains this text' },
});

/** Spaces in pages. */
export function SpacesTable(props: {
  readonly spaces: readonly StoredSpace[];
  /** Id of the space of the page. */
  readonly current: string;
  readonly hrefOf: (id: string) => string;
  readonly onEdit: (space: StoredSpace) => void;
  readonly onDelete: (space: StoredSpace) => void;
}) {
  const { spaces, current, hrefOf, onEdit, onDelete } = props;
  const { formatMessage } = useIntl();
  const columns: EuiBasicTableColumn<StoredSpace>[] = [
    {
      field: 'name',
      name: formatMessage(messages.space),
      mobileOptions: { header: false, width: '100%' },
      render: (_: unknown, space: StoredSpace) => (
        <NameOf space={space} isCurrent={space.id === current} onEdit={onEdit} />
      ),
    },
    { field: 'description', name: formatMessage(messages.description) },
    {
      field: 'id',
      name: formatMessage(messages.id),
      render: (id: string) => (
        <EuiText size="s" color="subdued" component="span">
          {id}
        </EuiText>
      ),
    },
    {
      width: '96px',
      actions: [
        {
          name: formatMessage(messages.enter),
          description: formatMessage(messages.enterHelp),
          icon: 'logIn',
          type: 'icon',
          available: ({ id }) => id !== current,
          href: ({ id }) => hrefOf(id),
        },
        {
          name: formatMessage(messages.edit),
          description: formatMessage(messages.editHelp),
          icon: 'pencil',
          type: 'icon',
          onClick: onEdit,
        },
        {
          name: formatMessage(messages.delete),
          description: formatMessage(messages.deleteHelp),
          icon: 'trash',
          type: 'icon',
          color: 'danger',
          available: ({ _reserved }) => _reserved !== true,
          onClick: onDelete,
        },
      ],
    },
  ];
  return (
    <ListTable<StoredSpace>
      caption={formatMessage(messages.caption)}
      items={spaces}
      itemId="id"
      columns={columns}
      noMatch={formatMessage(messages.noMatch)}
    />
  );
}

function NameOf(props: {
  readonly space: StoredSpace;
  readonly isCurrent: boolean;
  readonly onEdit: (space: StoredSpace) => void;
}) {
  const { space, isCurrent, onEdit } = props;
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
      <EuiFlexItem grow={false}>
        <SpaceAvatar space={space} />
      </EuiFlexItem>
      <EuiFlexItem grow={false} css={{ minInlineSize: 0, overflowWrap: 'anywhere' }}>
        <EuiLink onClick={() => onEdit(space)}>{space.name}</EuiLink>
      </EuiFlexItem>
      {isCurrent && (
        <EuiFlexItem grow={false}>
          <EuiBadge color="hollow">
            <FormattedMessage id="spaces.table.current" defaultMessage="Current" />
          </EuiBadge>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
