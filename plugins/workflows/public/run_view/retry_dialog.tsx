import { EuiRadioGroup, EuiSpacer, EuiSwitch, EuiText } from '@elastic/eui';
import { defineMessages, type Failure } from '@latchkey/core/public';
import { ConfirmationDialog } from '@latchkey/core/public/page_parts';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: { id: 'workflows.retry.title', defaultMessage: 'Run again?' },
  confirm: { id: 'workflows.retry.confirm', defaultMessage: 'Run again' },
  where: { id: 'workflows.retry.where', defaultMessage: 'Where to begin' },
  failedStep: { id: 'workflows.retry.failedStep', defaultMessage: 'At the step that failed' },
  fromStep: { id: 'workflows.retry.fromStep', defaultMessage: 'At the step {name}' },
  whole: { id: 'workflows.retry.whole', defaultMessage: 'At the first step' },
  reused: {
    id: 'workflows.retry.reused',
    defaultMessage: 'Steps before it are not executed again. Their results of this run are used.',
  },
  allAgain: {
    id: 'workflows.retry.allAgain',
    defaultMessage: 'All steps are executed again, with the same inputs.',
  },
  current: {
    id: 'workflows.retry.current',
    defaultMessage: 'Use the workflow as it is now',
  },
  currentHelp: {
    id: 'workflows.retry.currentHelp',
    defaultMessage: 'Otherwise the version of this run is used.',
  },
});

/** Where a retry begins. */
export type RetryMode = 'failed-step' | 'from-step' | 'whole';

/** Choices of the user. */
export interface RetryChoice {
  readonly mode: RetryMode;
  readonly yaml: 'same' | 'current';
}

/** Dialog that asks the user where a retry of a run begins. */
export function RetryDialog(props: {
  /** Modes that the user can choose, at least one. The first is selected when the dialog opens. */
  readonly modes: readonly RetryMode[];
  /** Name of the step where the mode `from-step` begins. */
  readonly stepName?: string | undefined;
  /** `true`: the workflow is stored, and may have changed. */
  readonly hasCurrent: boolean;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  readonly onRetry: (choice: RetryChoice) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { modes, stepName = '', hasCurrent, isBusy, failure, onRetry, onClose } = props;
  const { formatMessage } = useIntl();
  const [mode, setMode] = useState<RetryMode>(modes[0] ?? 'whole');
  const [isCurrent, setCurrent] = useState(false);
  const labels: Record<RetryMode, string> = {
    'failed-step': formatMessage(messages.failedStep),
    'from-step': formatMessage(messages.fromStep, { name: stepName }),
    whole: formatMessage(messages.whole),
  };
  return (
    <ConfirmationDialog
      title={formatMessage(messages.title)}
      action={{
        label: formatMessage(messages.confirm),
        run: () => onRetry({ mode, yaml: isCurrent ? 'current' : 'same' }),
      }}
      isBusy={isBusy}
      failure={failure}
      onClose={onClose}
    >
      <EuiRadioGroup
        name="mode"
        legend={{ children: formatMessage(messages.where) }}
        options={modes.map((id) => ({ id, label: labels[id] }))}
        idSelected={mode}
        onChange={(id) => setMode(modes.find((one) => one === id) ?? 'whole')}
      />
      <EuiSpacer size="s" />
      <EuiText size="s" color="subdued" role="status">
        <p>{formatMessage(mode === 'whole' ? messages.allAgain : messages.reused)}</p>
      </EuiText>
      {hasCurrent && (
        <>
          <EuiSpacer size="m" />
          <EuiSwitch
            label={formatMessage(messages.current)}
            checked={isCurrent}
            onChange={({ target }) => setCurrent(target.checked)}
          />
          <EuiText size="xs" color="subdued">
            <p>{formatMessage(messages.currentHelp)}</p>
          </EuiText>
        </>
      )}
    </ConfirmationDialog>
  );
}
