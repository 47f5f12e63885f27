import { EuiBadge, EuiBasicTable, type EuiBasicTableColumn, EuiText } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { ActionsHeader, WHOLE_CARD } from '@latchkey/core/public/page_parts';
import { FormattedMessage, useIntl } from 'react-intl';

const messages = defineMessages({
  caption: { id: 'security.apiKeys.caption', defaultMessage: 'Your API keys' },
  name: { id: 'security.apiKeys.name', defaultMessage: 'Name' },
  created: { id: 'security.apiKeys.created', defaultMessage: 'Created' },
  expires: { id: 'security.apiKeys.expires', defaultMessage: 'Expires' },
  delete: { id: 'security.apiKeys.delete', defaultMessage: 'Delete' },
  deleteHelp: { id: 'security.apiKeys.deleteHelp', defaultMessage: 'Delete the API key' },
});

/** One API key as the list shows it. Times are in milliseconds since the epoch. */
export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  readonly creation: number;
  /** Absent: the key does not expire. */
  readonly expiration?: number | undefined;
  readonly role_descriptors: Readonly<Record<string, unknown>>;
}

/** Table of the user's API keys. A user has few, so they fit on one page. */
export function ApiKeysTable(props: {
  readonly keys: readonly ApiKeyView[];
  readonly onDelete: (key: ApiKeyView) => void;
}) {
  const { keys, onDelete } = props;
  const { formatMessage, formatDate } = useIntl();
  if (keys.length === 0)
    return (
      <EuiText size="s">
        <p>
          <FormattedMessage
            id="security.apiKeys.none"
            defaultMessage="You have no API keys. Create one for a script or another program."
          />
        </p>
      </EuiText>
    );
  const columns: EuiBasicTableColumn<ApiKeyView>[] = [
    {
      field: 'name',
      name: formatMessage(messages.name),
      mobileOptions: { header: false },
      ...WHOLE_CARD,
      render: (name: string, key: ApiKeyView) => (
        <span css={{ overflowWrap: 'anywhere' }}>
          {name} {Object.keys(key.role_descriptors).length > 0 && <Restricted />}
        </span>
      ),
    },
    {
      field: 'creation',
      name: formatMessage(messages.created),
      render: (at: number) => formatDate(at, { dateStyle: 'medium' }),
    },
    {
      field: 'expiration',
      name: formatMessage(messages.expires),
      render: (at: number | undefined) => <Expiry at={at} />,
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
          onClick: onDelete,
        },
      ],
    },
  ];
  return (
    <EuiBasicTable<ApiKeyView>
      tableCaption={formatMessage(messages.caption)}
      items={[...keys]}
      itemId="id"
      columns={columns}
    />
  );
}

function Restricted() {
  return (
    <EuiBadge color="hollow">
      <FormattedMessage id="security.apiKeys.restricted" defaultMessage="Restricted" />
    </EuiBadge>
  );
}

function Expiry({ at }: { readonly at: number | undefined }) {
  const { clock } = useCore();
  const { formatDate } = useIntl();
  if (at === undefined)
    return <FormattedMessage id="security.apiKeys.neverExpires" defaultMessage="Never" />;
  if (at > clock.now()) return <span>{formatDate(at, { dateStyle: 'medium' })}</span>;
  return (
    <EuiBadge color="warning">
      <FormattedMessage id="security.apiKeys.expired" defaultMessage="Expired" />
    </EuiBadge>
  );
}
