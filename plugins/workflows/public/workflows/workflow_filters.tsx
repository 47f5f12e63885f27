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
import type { WorkflowSearch } from '../workflow_data/index.ts';

const messages = defineMessages({
  tags: { id: 'workflows.filters.tags', defaultMessage: 'Tags' },
  enabled: { id: 'workflows.filters.enabled', defaultMessage: 'Enabled' },
  disabled: { id: 'workflows.filters.disabled', defaultMessage: 'Disabled' },
});

/** Properties of {@link WorkflowFilters}. */
export interface WorkflowFiltersProps {
  readonly search: WorkflowSearch;
  /** Tags that can be chosen. Chosen ones are listed in any case. */
  readonly tags: readonly string[];
  readonly onChange: (changes: Partial<WorkflowSearch>) => void;
}

/** Filters beside the search of the list of workflows. */
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
        <TagFilter
          tags={tags}
          chosen={search.tags}
          onChange={(chosen) => onChange({ tags: chosen })}
        />
      ) : null}
    </EuiFilterGroup>
  );
}

function TagFilter(props: {
  readonly tags: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}): ReactElement {
  const { tags, chosen, onChange } = props;
  const { formatMessage } = useIntl();
  const [isOpen, setOpen] = useState(false);
  const id = useGeneratedHtmlId();
  const name = formatMessage(messages.tags);
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
      <fieldset
        aria-label={name}
        css={{ maxBlockSize: 320, overflowY: 'auto', overflowWrap: 'anywhere' }}
      >
        {tags.map((tag, index) => (
          <Fragment key={tag}>
            {index > 0 ? <EuiSpacer size="s" /> : null}
            <EuiCheckbox
              id={`${id}_${index}`}
              label={tag}
              checked={chosen.includes(tag)}
              onChange={({ target }) =>
                onChange(
                  target.checked ? [...chosen, tag] : chosen.filter((other) => other !== tag),
                )
              }
            />
          </Fragment>
        ))}
      </fieldset>
    </EuiPopover>
  );
}
