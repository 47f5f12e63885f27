import {
  EuiBadge,
  EuiFieldSearch,
  EuiFieldText,
  EuiFilterButton,
  EuiFilterGroup,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { CheckboxFilter } from '@latchkey/core/public/page_parts';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { EXECUTION_STATUSES } from '../../common/index.ts';
import type { RunFilter } from '../run_data/index.ts';
import { RUN_TRIGGERS, runStatusWords, useTriggerName } from '../run_status/index.ts';
import { fieldInstant, fieldText } from './run_filter.ts';

const messages = defineMessages({
  status: { id: 'workflows.runFilter.status', defaultMessage: 'Status' },
  user: { id: 'workflows.runFilter.user', defaultMessage: 'User name' },
  trigger: { id: 'workflows.runFilter.trigger', defaultMessage: 'Trigger' },
  allTriggers: { id: 'workflows.runFilter.allTriggers', defaultMessage: 'All triggers' },
  from: { id: 'workflows.runFilter.from', defaultMessage: 'Started after' },
  to: { id: 'workflows.runFilter.to', defaultMessage: 'Started before' },
  waiting: { id: 'workflows.runFilter.waiting', defaultMessage: 'Waiting for me' },
  workflow: { id: 'workflows.runFilter.workflow', defaultMessage: 'Workflow: {name}' },
  oneWorkflow: { id: 'workflows.runFilter.oneWorkflow', defaultMessage: 'One workflow' },
  allWorkflows: {
    id: 'workflows.runFilter.allWorkflows',
    defaultMessage: 'Show the runs of all workflows',
  },
});

/** Filters are beside each other; on phones, each is as wide as the page. */
const FILTER = { minInlineSize: 150, '@media (min-width: 768px)': { maxInlineSize: 210 } };

/** Width for a date, a time and the button that the browser adds. */
const DATE_FILTER = { ...FILTER, minInlineSize: 200 };

/** Filters of the list of runs. */
export function RunFilters(props: {
  readonly filter: RunFilter;
  /** Name of the workflow that is selected in the filter. `undefined`: not known. */
  readonly workflowName: string | undefined;
  readonly onChange: (filter: RunFilter) => void;
}): ReactElement {
  const { filter, workflowName, onChange } = props;
  const { formatMessage } = useIntl();
  const triggerText = useTriggerName();
  const change = (changes: Partial<RunFilter>) => onChange({ ...filter, page: 0, ...changes });
  const triggers: readonly string[] = RUN_TRIGGERS;
  const options =
    filter.trigger === undefined || triggers.includes(filter.trigger)
      ? triggers
      : [...triggers, filter.trigger];
  return (
    <EuiFlexGroup alignItems="flexEnd" gutterSize="s" wrap>
      <EuiFlexItem grow={false} css={{ maxInlineSize: '100%' }}>
        <EuiFilterGroup>
          <CheckboxFilter
            name={formatMessage(messages.status)}
            options={EXECUTION_STATUSES.map((id) => ({
              id,
              label: formatMessage(runStatusWords(id).label),
            }))}
            chosen={filter.statuses}
            onChange={(statuses) => change({ statuses })}
          />
          <EuiFilterButton
            isToggle
            isSelected={filter.waitsForMe}
            hasActiveFilters={filter.waitsForMe}
            onClick={() => change({ waitsForMe: !filter.waitsForMe })}
          >
            {formatMessage(messages.waiting)}
          </EuiFilterButton>
        </EuiFilterGroup>
      </EuiFlexItem>
      <UserFilter user={filter.user} onChange={(user) => change({ user })} />
      <EuiFlexItem css={FILTER}>
        <EuiFormRow fullWidth label={formatMessage(messages.trigger)}>
          <EuiSelect
            fullWidth
            value={filter.trigger ?? ''}
            options={[
              { value: '', text: formatMessage(messages.allTriggers) },
              ...options.map((value) => ({ value, text: triggerText(value) })),
            ]}
            onChange={({ target }) => change({ trigger: target.value || undefined })}
          />
        </EuiFormRow>
      </EuiFlexItem>
      {(['from', 'to'] as const).map((name) => (
        <EuiFlexItem key={name} css={DATE_FILTER}>
          <DateFilter
            label={formatMessage(messages[name])}
            instant={filter[name]}
            onChange={(instant) => change({ [name]: instant })}
          />
        </EuiFlexItem>
      ))}
      {filter.workflowId !== undefined && (
        <EuiFlexItem grow={false} css={{ maxInlineSize: '100%', paddingBlockEnd: 10 }}>
          <EuiBadge
            color="hollow"
            iconType="cross"
            iconSide="right"
            iconOnClick={() => change({ workflowId: undefined })}
            iconOnClickAriaLabel={formatMessage(messages.allWorkflows)}
          >
            {workflowName === undefined
              ? formatMessage(messages.oneWorkflow)
              : formatMessage(messages.workflow, { name: workflowName })}
          </EuiBadge>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

/** Pause in milliseconds after the last key press, so that not every letter causes a request. */
const PAUSE_MS = 400;

function UserFilter(props: {
  readonly user: string | undefined;
  readonly onChange: (user: string | undefined) => void;
}): ReactElement {
  const { user = '', onChange } = props;
  const { formatMessage } = useIntl();
  const [typed, setTyped] = useState(user);
  // The filter also changes by the back button and by links.
  useEffect(() => setTyped(user), [user]);
  useEffect(() => {
    const next = typed.trim();
    if (next === user) return undefined;
    const timer = setTimeout(() => onChange(next === '' ? undefined : next), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, user, onChange]);
  const label = formatMessage(messages.user);
  return (
    <EuiFlexItem css={FILTER}>
      <EuiFormRow fullWidth label={label}>
        <EuiFieldSearch
          fullWidth
          isClearable
          aria-label={label}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}

/**
 * Field for a date and time. The value is applied when the user leaves the field or presses Enter,
 * because it is often incomplete while the user types.
 */
function DateFilter(props: {
  readonly label: string;
  /** ISO instant. `undefined`: none. */
  readonly instant: string | undefined;
  readonly onChange: (instant: string | undefined) => void;
}): ReactElement {
  const { label, instant, onChange } = props;
  const text = fieldText(instant);
  const [typed, setTyped] = useState(text);
  // The filter also changes by the back button and by links.
  useEffect(() => setTyped(text), [text]);
  const apply = () => {
    if (typed !== text) onChange(fieldInstant(typed));
  };
  return (
    <EuiFormRow fullWidth label={label}>
      <EuiFieldText
        fullWidth
        // EUI has no prop for this type of field, and the date pickers of EUI need moment.
        {...{ type: 'datetime-local' }}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={apply}
        onKeyDown={({ key }) => key === 'Enter' && apply()}
      />
    </EuiFormRow>
  );
}
