import { EuiFilterButton, EuiFilterGroup } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { CheckboxFilter } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { WorkflowSearch } from '../workflow_data/index.ts';

const messages = defineMessages({
  tags: { id: 'workflows.filters.tags', defaultMessage: 'Tags' },
  enabled: { id: 'workflows.filters.enabled', defaultMessage: 'Enabled' },
  disabled: { id: 'workflows.filters.disabled', defaultMessage: 'Disabled' },
});

/** Properties of {@link WorkflowFilters}. */
export interface WorkflowFiltersProps {
  readonly search: WorkflowSearch;
  /** Tags to choose from. Chosen tags are listed in any case. */
  readonly tags: readonly string[];
  readonly onChange: (changes: Partial<WorkflowSearch>) => void;
}

/** Filters next to the search field of the list of workflows. */
export function WorkflowFilters(props: WorkflowFiltersProps): ReactElement {
  const { search, onChange } = props;
  const { formatMessage } = useIntl();
  const toggle = (enabled: boolean) =>
    onChange({ enabled: search.enabled === enabled ? undefined : enabled });
  const tags = [...new Set([...props.tags, ...search.tags])].sort((a, b) => a.localeCompare(b));
  return (
    <EuiFilterGroup>
      <EuiFilterButton
        withNext
        isToggle
        isSelected={search.enabled === true}
        hasActiveFilters={search.enabled === true}
        onClick={() => toggle(true)}
      >
        {formatMessage(messages.enabled)}
      </EuiFilterButton>
      <EuiFilterButton
        isToggle
        isSelected={search.enabled === false}
        hasActiveFilters={search.enabled === false}
        onClick={() => toggle(false)}
      >
        {formatMessage(messages.disabled)}
      </EuiFilterButton>
      {tags.length > 0 ? (
        <CheckboxFilter
          name={formatMessage(messages.tags)}
          options={tags.map((tag) => ({ id: tag, label: tag }))}
          chosen={search.tags}
          onChange={(chosen) => onChange({ tags: chosen })}
        />
      ) : null}
    </EuiFilterGroup>
  );
}
