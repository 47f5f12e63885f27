import { EuiFilterGroup } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { CheckboxFilter } from '@latchkey/core/public/page_parts';
import { memo, type ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { STATUS_GROUPS, type TableQuery } from './select_connectors.ts';

const messages = defineMessages({
  type: { id: 'connectorsUi.filters.type', defaultMessage: 'Type' },
  auth: { id: 'connectorsUi.filters.auth', defaultMessage: 'Authentication' },
  status: { id: 'connectorsUi.filters.status', defaultMessage: 'My status' },
});

const authNames = defineMessages({
  'per-user': { id: 'connectorsUi.filters.personal', defaultMessage: 'Personal' },
  shared: { id: 'connectorsUi.filters.shared', defaultMessage: 'Service account' },
});

const statusNames = defineMessages({
  connected: { id: 'connectorsUi.filters.connected', defaultMessage: 'Connected' },
  attention: { id: 'connectorsUi.filters.attention', defaultMessage: 'Needs attention' },
  not_connected: { id: 'connectorsUi.filters.notConnected', defaultMessage: 'Not connected' },
  not_applicable: {
    id: 'connectorsUi.filters.notApplicable',
    defaultMessage: 'Service account',
  },
  unknown: { id: 'connectorsUi.filters.unknown', defaultMessage: 'Unknown' },
});

/** Properties of {@link ConnectorFilters}. */
export interface ConnectorFiltersProps {
  readonly query: TableQuery;
  /** Types of the connectors, each with the number of its connectors. */
  readonly types: readonly { readonly id: string; readonly name: string; readonly count: number }[];
  readonly onChange: (changes: Partial<TableQuery>) => void;
}

/**
 * Filters above the table of connectors. Memoized, so that they are not rendered after each typed
 * letter.
 */
export const ConnectorFilters = memo(function ConnectorFilters({
  query,
  types,
  onChange,
}: ConnectorFiltersProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiFilterGroup>
      <CheckboxFilter
        name={formatMessage(messages.type)}
        options={types.map(({ id, name, count }) => ({ id, label: `${name} (${count})` }))}
        chosen={query.types}
        onChange={(chosen) => onChange({ types: chosen })}
      />
      <CheckboxFilter
        name={formatMessage(messages.auth)}
        options={(['per-user', 'shared'] as const).map((id) => ({
          id,
          label: formatMessage(authNames[id]),
        }))}
        chosen={query.auth}
        onChange={(auth) => onChange({ auth })}
      />
      <CheckboxFilter
        name={formatMessage(messages.status)}
        options={STATUS_GROUPS.map((id) => ({ id, label: formatMessage(statusNames[id]) }))}
        chosen={query.status}
        onChange={(status) => onChange({ status })}
      />
    </EuiFilterGroup>
  );
}, areSame);

function areSame(before: ConnectorFiltersProps, after: ConnectorFiltersProps): boolean {
  const hasSame = (name: 'types' | 'auth' | 'status') =>
    before.query[name].join('\n') === after.query[name].join('\n');
  return (
    before.types === after.types &&
    before.onChange === after.onChange &&
    hasSame('types') &&
    hasSame('auth') &&
    hasSame('status')
  );
}
