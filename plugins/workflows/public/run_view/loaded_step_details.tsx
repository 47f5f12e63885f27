import { EuiButtonEmpty } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import { type RunDetails, type StepRun, stepQuery } from '../run_data/index.ts';
import { StepDetails } from './step_details.tsx';

const messages = defineMessages({
  retryFrom: { id: 'workflows.stepDetails.retryFrom', defaultMessage: 'Run again from this step' },
});

/** Details of a step. Input and output are loaded from the server. */
export function LoadedStepDetails(props: {
  readonly run: RunDetails;
  readonly step: StepRun;
  /** Opens the dialog for a retry. `undefined`: the run cannot be retried. */
  readonly onRetry: ((step: StepRun) => void) | undefined;
}): ReactElement {
  const { run, step, onRetry } = props;
  const intl = useIntl();
  const { http } = useCore();
  const isShown = run.isReadable && step.status !== 'skipped';
  const { data, error } = useQuery({ ...stepQuery(http, run.id, step.id), enabled: isShown });
  return (
    <>
      <StepDetails
        step={step}
        user={run.executedBy}
        isReadable={run.isReadable}
        values={data}
        failure={error === null ? undefined : failureText(intl, error)}
      />
      {onRetry !== undefined && (
        <EuiButtonEmpty size="xs" flush="left" iconType="refresh" onClick={() => onRetry(step)}>
          {intl.formatMessage(messages.retryFrom)}
        </EuiButtonEmpty>
      )}
    </>
  );
}
