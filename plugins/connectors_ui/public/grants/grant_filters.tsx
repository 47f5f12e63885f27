import {
  EuiBadge,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
} from '@elastic/eui';
import { GRANT_STATES } from '@latchkey/actions-plugin/common';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { type GrantFilter, MAX_SEARCH } from './grant_filter.ts';
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
  search: { id: 'connectorsUi.grants.search', defaultMessage: 'Search users by name' },
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

/**
 * Filters have the same width and are beside each other; on phones, each is as wide as the page.
 */
const FILTER = {
  minInlineSize: 200,
  '@media (min-width: 768px)': { maxInlineSize: 320 },
};

/** Vertically centered beside the fields. On phones, it is only as wide as its text. */
const USER_FILTER = {
  maxInlineSize: '100%',
  paddingBlockEnd: 10,
  '@media (max-width: 767px)': { alignItems: 'flex-start', paddingBlockEnd: 0 },
};

/** Filters of the table of authorizations. */
export function GrantFilters(props: {
  readonly filter: GrantFilter;
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
  /**
   * Name of the user who is selected in the filter. `undefined`: not loaded yet, or the user was
   * removed.
   */
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
      {filter.userId === undefined && <Search text={filter.search} onChange={onChange} />}
      <EuiFlexItem css={FILTER}>
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
      <EuiFlexItem css={FILTER}>
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
        <EuiFlexItem grow={false} css={USER_FILTER}>
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

/** Pause in milliseconds after the last key press, so that not every letter causes a request. */
const PAUSE_MS = 300;

function Search(props: {
  readonly text: string;
  readonly onChange: (changes: Partial<GrantFilter>) => void;
}): ReactElement {
  const { text, onChange } = props;
  const { formatMessage } = useIntl();
  const [typed, setTyped] = useState(text);
  // The filter also changes by the back button and by links.
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => onChange({ search: typed }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  const label = formatMessage(messages.search);
  return (
    <EuiFlexItem css={FILTER}>
      <EuiFormRow fullWidth label={label}>
        <EuiFieldSearch
          fullWidth
          aria-label={label}
          maxLength={MAX_SEARCH}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          isClearable
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}
