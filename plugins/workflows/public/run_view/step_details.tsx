import { EuiSkeletonText, EuiSpacer, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { useDateText } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { JsonView } from '../json_view/index.ts';
import type { StepRun } from '../run_data/index.ts';
import { RunErrorNotice } from './run_error.tsx';
import { CallBar, TimeLegend } from './time_bar.tsx';

const messages = defineMessages({
  input: { id: 'workflows.stepDetails.input', defaultMessage: 'Input' },
  output: { id: 'workflows.stepDetails.output', defaultMessage: 'Output' },
  none: {
    id: 'workflows.stepDetails.none',
    defaultMessage: 'The step has neither input nor output.',
  },
  skipped: {
    id: 'workflows.stepDetails.skipped',
    defaultMessage: 'The condition of the step was false.',
  },
  hidden: {
    id: 'workflows.stepDetails.hidden',
    defaultMessage: 'Only {user} sees input and output, because the step acted as {user}.',
  },
  times: { id: 'workflows.stepDetails.times', defaultMessage: '{type}, started {time}' },
  loading: { id: 'workflows.stepDetails.loading', defaultMessage: 'Loading input and output' },
});

/** Input and output of a step. */
export interface StepValues {
  readonly input?: unknown;
  readonly output?: unknown;
}

/** Input, output and error of a step. */
export function StepDetails(props: {
  readonly step: StepRun;
  /** Username of the user of the run. */
  readonly user: string;
  readonly isReadable: boolean;
  /** Input and output. `undefined`: not loaded yet. */
  readonly values: StepValues | undefined;
  /** Message if the values could not be loaded. `undefined`: they are loaded, or being loaded. */
  readonly failure?: string | undefined;
}): ReactElement {
  const { step, user, isReadable, values, failure } = props;
  const { formatMessage } = useIntl();
  const dateText = useDateText();
  const { error, stepType: type, startedAt, status, timings } = step;
  const isEmpty = values !== undefined && values.input === undefined && values.output === undefined;
  return (
    <div css={{ display: 'grid', gap: 12, minInlineSize: 0, marginBlockEnd: 8 }}>
      <EuiText size="xs" color="subdued">
        <p>{formatMessage(messages.times, { type, time: dateText(startedAt) })}</p>
      </EuiText>
      {timings !== undefined && (
        <div css={{ display: 'grid', gap: 6 }}>
          <CallBar timings={timings} />
          <TimeLegend timings={timings} />
        </div>
      )}
      {error !== undefined && <RunErrorNotice error={error} isReadable={isReadable} />}
      {status === 'skipped' ? (
        <Sentence text={formatMessage(messages.skipped)} />
      ) : !isReadable ? (
        <Sentence text={formatMessage(messages.hidden, { user })} />
      ) : failure !== undefined ? (
        <Sentence text={failure} />
      ) : values === undefined ? (
        <EuiSkeletonText
          lines={3}
          size="xs"
          isLoading
          contentAriaLabel={formatMessage(messages.loading)}
        />
      ) : (
        <>
          {values.input !== undefined && (
            <JsonView label={formatMessage(messages.input)} value={values.input} />
          )}
          {values.output !== undefined && (
            <JsonView label={formatMessage(messages.output)} value={values.output} />
          )}
          {isEmpty && error === undefined && <Sentence text={formatMessage(messages.none)} />}
        </>
      )}
      <EuiSpacer size="xs" />
    </div>
  );
}

function Sentence({ text }: { readonly text: string }): ReactElement {
  return (
    <EuiText size="s" color="subdued">
      <p>{text}</p>
    </EuiText>
  );
}
