import {
  EuiBadge,
  type EuiBasicTableColumn,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLink,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  BESIDE_ROW_MENU,
  ListTable,
  rowMenuColumn,
  TwoLines,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import { FormattedMessage, useIntl } from 'react-intl';
import { SpaceAvatar } from '../space_avatar.tsx';
import type { StoredSpace } from './space_form.ts';
import { useSpaceDescription } from './use_space_description.ts';

const messages = defineMessages({
  caption: { id: 'spaces.table.caption', defaultMessage: 'Spaces' },
  space: { id: 'spaces.table.space', defaultMessage: 'Space' },
  id: { id: 'spaces.table.id', defaultMessage: 'Identifier' },
  description: { id: 'spaces.table.description', defaultMessage: 'Description' },
  enter: { id: 'spaces.table.enter', defaultMessage: 'Enter' },
  edit: { id: 'spaces.table.edit', defaultMessage: 'Edit' },
  delete: { id: 'spaces.table.delete', defaultMessage: 'Delete' },
  noMatch: { id: 'spaces.table.noMatch', defaultMessage: 'No space contains this text' },
});

/** Table of spaces, in pages. */
export function SpacesTable(props: {
  readonly spaces: readonly StoredSpace[];
  /** Id of the space to which the page belongs. */
  readonly current: string;
  readonly hrefOf: (id: string) => string;
  readonly onEdit: (space: StoredSpace) => void;
  readonly onDelete: (space: StoredSpace) => void;
}) {
  const { spaces, current, hrefOf, onEdit, onDelete } = props;
  const { formatMessage } = useIntl();
  const descriptions = useSpaceDescription();
  const columns: EuiBasicTableColumn<StoredSpace>[] = [
    {
      field: 'name',
      name: formatMessage(messages.space),
      mobileOptions: { header: false },
      ...WHOLE_CARD,
      render: (_: unknown, space: StoredSpace) => (
        <NameOf space={space} isCurrent={space.id === current} onEdit={onEdit} />
      ),
    },
    {
      field: 'description',
      name: formatMessage(messages.description),
      render: (text: string | undefined) => {
        const shown = descriptions.shown(text);
        return shown ? <TwoLines text={shown} /> : '–';
      },
    },
    {
      field: 'id',
      name: formatMessage(messages.id),
      render: (id: string) => (
        <EuiText size="s" color="subdued" component="span">
          {id}
        </EuiText>
      ),
    },
    rowMenuColumn((space) => ({
      name: space.name,
      actionsOf: () => [
        ...(space.id === current
          ? []
          : [
              {
                id: 'enter',
                label: formatMessage(messages.enter),
                icon: 'logIn',
                href: hrefOf(space.id),
              },
            ]),
        {
          id: 'edit',
          label: formatMessage(messages.edit),
          icon: 'pencil',
          onClick: () => onEdit(space),
        },
        ...(space._reserved === true
          ? []
          : [
              {
                id: 'delete',
                label: formatMessage(messages.delete),
                icon: 'trash',
                isDanger: true,
                onClick: () => onDelete(space),
              },
            ]),
      ],
    })),
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
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} css={BESIDE_ROW_MENU}>
      <EuiFlexItem grow={false}>
        <SpaceAvatar space={space} />
      </EuiFlexItem>
      <EuiFlexItem grow={false} css={{ minInlineSize: 0 }}>
        <EuiLink color="primary" onClick={() => onEdit(space)}>
          <TwoLines text={space.name} />
        </EuiLink>
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
