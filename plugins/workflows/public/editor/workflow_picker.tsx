import { EuiFieldSearch, EuiSpacer, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { KnownWorkflowName } from '@latchkey/workflow-language';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { PickerDialog } from './picker_dialog.tsx';

const messages = defineMessages({
  title: { id: 'workflows.workflowPicker.title', defaultMessage: 'Choose a workflow' },
  text: {
    id: 'workflows.workflowPicker.text',
    defaultMessage: 'Step {step} starts another workflow of this space.',
  },
  search: { id: 'workflows.workflowPicker.search', defaultMessage: 'Search workflows' },
  loading: { id: 'workflows.workflowPicker.loading', defaultMessage: 'Loading the workflows…' },
  none: { id: 'workflows.workflowPicker.none', defaultMessage: 'No workflow was found.' },
  more: {
    id: 'workflows.workflowPicker.more',
    defaultMessage: 'There are more workflows. Search for one of them.',
  },
});

/** Properties of {@link WorkflowPicker}. */
export interface WorkflowPickerProps {
  readonly stepName: string;
  /** Text of the search. */
  readonly search: string;
  readonly onSearch: (text: string) => void;
  /** Workflows that were found. `undefined`: not loaded yet. */
  readonly workflows: readonly KnownWorkflowName[] | undefined;
  /** `true`: there are more than those. */
  readonly hasMore: boolean;
  /** Reason why the workflows could not be loaded. `undefined`: they could. */
  readonly failure: string | undefined;
  readonly onChoose: (workflowId: string) => void;
  readonly onClose: () => void;
}

/** Dialog with the workflows that a step can start. */
export function WorkflowPicker(props: WorkflowPickerProps): ReactElement {
  const { stepName, search, onSearch, workflows = [], onChoose, onClose } = props;
  const { formatMessage } = useIntl();
  return (
    <PickerDialog
      title={formatMessage(messages.title)}
      text={<p>{formatMessage(messages.text, { step: <bdi key="step">{stepName}</bdi> })}</p>}
      search={
        <>
          <EuiSpacer size="s" />
          <EuiFieldSearch
            fullWidth
            value={search}
            placeholder={formatMessage(messages.search)}
            aria-label={formatMessage(messages.search)}
            onChange={({ target }) => onSearch(target.value)}
          />
        </>
      }
      icon="workflow"
      items={workflows}
      note={
        <EuiText size="s" color="subdued">
          <p role="status">{stateText(props, formatMessage)}</p>
        </EuiText>
      }
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}

/** Says why workflows are missing in the list. `undefined`: none is. */
function stateText(
  { workflows, hasMore, failure }: WorkflowPickerProps,
  formatMessage: ReturnType<typeof useIntl>['formatMessage'],
): string | undefined {
  if (failure !== undefined) return failure;
  if (workflows === undefined) return formatMessage(messages.loading);
  if (workflows.length === 0) return formatMessage(messages.none);
  return hasMore ? formatMessage(messages.more) : undefined;
}
