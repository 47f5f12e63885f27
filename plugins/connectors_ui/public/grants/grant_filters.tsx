import { EuiBadge, EuiFlexGroup, EuiFlexItem, EuiFormRow, EuiSelect } from '@elastic/eui';
import { GRANT_STATES } from '@latchkey/actions-plugin/common';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { GrantFilter } from './grant_filter.ts';
import { statusNames } from './status_names.ts';

const messages = defineMessages({
  connector: { id: 'connectorsUi.grants.connector', defaultMessage: 'Connector' },
  allConnectors: { id: 'connectorsUi.grants.allConnectors', defaultMessage: 'All connectors' },
  unknownConnector: {
    id: 'connectorsUi.grants.unknownConnector',
    defaultMessage: 'Unknown connector',
  },
  status: { id: 'connectorsUi.grants.status', defaultMessage: 'Status' },
  allStatuses: { id: 'connectorsUi.grants.allStatuses', defaultMessage: 'All statuses' },
  user: { id: 'connectorsUi.grants.ofUser', defaultMessage: 'User: {name}' },
  removedUser: {
    id: 'connectorsUi.grants.removedUser',
    defaultMessage: 'Disabled or deleted user',
  },
  allUsers: {
    id: 'connectorsUi.grants.allUsers',
    defaultMessage: 'Remove the filter for the user {name}',
  },
});

/** Filters of the table of authorizations. */
export function GrantFilters(props: {
  readonly filter: GrantFilter;
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
  /** Name of the user of the filter. `undefined`: not loaded yet, or removed. */
  readonly username: string | undefined;
  readonly onChange: (changes: Partial<GrantFilter>) => void;
}): ReactElement {
  const { filter, connectors, onChange } = props;
  const { formatMessage } = useIntl();
  const name = props.username ?? formatMessage(messages.removedUser);
  const isKnown = connectors.some(({ id }) => id === filter.connectorId);
  const unknown =
    filter.connectorId === undefined || isKnown
      ? []
      : [{ value: filter.connectorId, text: formatMessage(messages.unknownConnector) }];
  return (
    <EuiFlexGroup alignItems="flexEnd" gutterSize="m" wrap>
      <EuiFlexItem css={{ maxInlineSize: 320, minInlineSize: 200 }}>
        <EuiFormRow fullWidth label={formatMessage(messages.connector)}>
          <EuiSelect
            fullWidth
            value={filter.connectorId ?? ''}
            options={[
              { value: '', text: formatMessage(messages.allConnectors) },
              ...connectors.map((one) => ({ value: one.id, text: one.name })),
              ...unknown,
            ]}
            onChange={({ target }) => onChange({ connectorId: target.value || undefined })}
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem css={{ maxInlineSize: 280, minInlineSize: 200 }}>
        <EuiFormRow fullWidth label={formatMessage(messages.status)}>
          <EuiSelect
            fullWidth
            value={filter.status ?? ''}
            options={[
              { value: '', text: formatMessage(messages.allStatuses) },
              ...GRANT_STATES.map((state) => ({
                value: state,
                text: formatMessage(statusNames[state]),
              })),
            ]}
            onChange={({ target }) =>
              onChange({ status: GRANT_STATES.find((state) => state === target.value) })
            }
          />
        </EuiFormRow>
      </EuiFlexItem>
      {filter.userId === undefined ? null : (
        <EuiFlexItem grow={false} css={{ paddingBlockEnd: 8 }}>
          <EuiBadge
            color="hollow"
            iconType="cross"
            iconSide="right"
            iconOnClick={() => onChange({ userId: undefined })}
            iconOnClickAriaLabel={formatMessage(messages.allUsers, { name })}
          >
            {formatMessage(messages.user, { name })}
          </EuiBadge>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
