import {
  EuiCheckbox,
  EuiFilterButton,
  EuiFilterGroup,
  EuiPopover,
  EuiSpacer,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { Fragment, type ReactElement, useState } from 'react';
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
  /** Types of all connectors. */
  readonly types: readonly { readonly id: string; readonly name: string; readonly count: number }[];
  readonly onChange: (changes: Partial<TableQuery>) => void;
}

/** Filters above the table of connectors. */
export function ConnectorFilters({ query, types, onChange }: ConnectorFiltersProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiFilterGroup>
      <Filter
        name={formatMessage(messages.type)}
        options={types.map(({ id, name, count }) => ({ id, label: `${name} (${count})` }))}
        chosen={query.types}
        onChange={(chosen) => onChange({ types: chosen })}
      />
      <Filter
        name={formatMessage(messages.auth)}
        options={(['per-user', 'shared'] as const).map((id) => ({
          id,
          label: formatMessage(authNames[id]),
        }))}
        chosen={query.auth}
        onChange={(auth) => onChange({ auth })}
      />
      <Filter
        name={formatMessage(messages.status)}
        options={STATUS_GROUPS.map((id) => ({ id, label: formatMessage(statusNames[id]) }))}
        chosen={query.status}
        onChange={(status) => onChange({ status })}
      />
    </EuiFilterGroup>
  );
}

function Filter<Id extends string>(props: {
  readonly name: string;
  readonly options: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: readonly Id[]) => void;
}): ReactElement {
  const { name, options, chosen, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useGeneratedHtmlId();
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      panelPaddingSize="m"
      aria-label={name}
      button={
        <EuiFilterButton
          iconType="chevronSingleDown"
          badgeColor="accent"
          isSelected={isOpen}
          hasActiveFilters={chosen.length > 0}
          {...(chosen.length > 0 ? { numActiveFilters: chosen.length } : {})}
          onClick={() => setOpen(!isOpen)}
        >
          {name}
        </EuiFilterButton>
      }
    >
      <fieldset aria-label={name}>
        {options.map((option, index) => (
          <Fragment key={option.id}>
            {index > 0 ? <EuiSpacer size="s" /> : null}
            <EuiCheckbox
              id={`${id}_${option.id}`}
              label={option.label}
              checked={chosen.includes(option.id)}
              onChange={({ target }) =>
                onChange(
                  target.checked
                    ? [...chosen, option.id]
                    : chosen.filter((other) => other !== option.id),
                )
              }
            />
          </Fragment>
        ))}
      </fieldset>
    </EuiPopover>
  );
}
