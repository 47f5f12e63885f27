import { useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import { type RunDetails, type StepRun, stepQuery } from '../run_data/index.ts';
import { StepDetails } from './step_details.tsx';

/** Details of a step, with input and output from the server. */
export function LoadedStepDetails(props: {
  readonly run: RunDetails;
  readonly step: StepRun;
}): ReactElement {
  const { run, step } = props;
  const intl = useIntl();
  const { http } = useCore();
  const isShown = run.isReadable && step.status !== 'skipped';
  const { data, error } = useQuery({ ...stepQuery(http, run.id, step.id), enabled: isShown });
  return (
    <StepDetails
      step={step}
      user={run.executedBy}
      isReadable={run.isReadable}
      values={data}
      failure={error === null ? undefined : failureText(intl, error)}
    />
  );
}
