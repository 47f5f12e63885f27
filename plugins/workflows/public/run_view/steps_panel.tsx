import { EuiIcon, EuiLoadingSpinner, EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ComponentProps, type ReactElement, type ReactNode, useMemo } from 'react';
import { useIntl } from 'react-intl';
import {
  elapsedMs,
  MoreStepsButton,
  type RunDetails,
  type StepRun,
  useDurationText,
} from '../run_data/index.ts';
import { isFinished } from '../run_status/index.ts';
import { QueueRow, StepRows } from './step_rows.tsx';
import { stepTree } from './step_tree.ts';
import { TimeLegend } from './time_bar.tsx';

const messages = defineMessages({
  noSteps: { id: 'workflows.run.noSteps', defaultMessage: 'No step has ended yet.' },
  noStepsAtAll: { id: 'workflows.run.noStepsAtAll', defaultMessage: 'No step was executed.' },
  now: { id: 'workflows.run.now', defaultMessage: 'Now: {name}' },
  nowFor: { id: 'workflows.run.nowFor', defaultMessage: '{type}, for {duration}' },
});

/** Properties of {@link StepsPanel}. */
export interface StepsPanelProps {
  readonly run: RunDetails;
  /** Current time in milliseconds since 1970. */
  readonly now: number;
  readonly title: string;
  /** Steps that can be loaded. */
  readonly moreSteps: ComponentProps<typeof MoreStepsButton>['more'];
  readonly renderDetails: (step: StepRun) => ReactNode;
}

/**
 * Removes calls in progress from the steps of the tree. The list below the tree shows them, so that
 * a call inside a closed part of the tree is visible.
 */
function withoutCalls(
  steps: RunDetails['stepExecutions'],
  calls: RunDetails['currentSteps'],
): RunDetails['stepExecutions'] {
  const isCall = ({ stepId, startedAt, status }: (typeof steps)[number]): boolean =>
    status === 'running' &&
    calls.some((call) => call.stepId === stepId && call.startedAt === startedAt);
  return calls.length === 0 ? steps : steps.filter((step) => !isCall(step));
}

/** Tree of the steps of a run, with the calls in progress below it. */
export function StepsPanel(props: StepsPanelProps): ReactElement {
  const { run, now, title, moreSteps, renderDetails } = props;
  const { formatMessage } = useIntl();
  const { stepExecutions, currentSteps, queueMetrics } = run;
  const whole = {
    from: Date.parse(run.createdAt),
    to: run.finishedAt === undefined ? now : Date.parse(run.finishedAt),
  };
  // The bars of ended steps do not grow, so the page needs no clock then.
  const isGrowing = stepExecutions.some(({ finishedAt }) => finishedAt === undefined);
  const treeEnd = isGrowing ? whole.to : 0;
  const tree = useMemo(
    () => stepTree(withoutCalls(stepExecutions, currentSteps), treeEnd),
    [stepExecutions, currentSteps, treeEnd],
  );
  const isEnded = isFinished(run.status);
  const hasParts = stepExecutions.some(({ timings }) => timings !== undefined);
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m" css={{ minInlineSize: 0 }}>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      {hasParts && (
        <>
          <TimeLegend />
          <EuiSpacer size="s" />
        </>
      )}
      {queueMetrics !== undefined && queueMetrics.queueDelayMs >= 1 && (
        <QueueRow
          span={{ from: whole.from, to: Date.parse(queueMetrics.startedAt) }}
          whole={whole}
        />
      )}
      {tree.length > 0 && (
        <StepRows steps={tree} whole={whole} label={title} renderDetails={renderDetails} />
      )}
      {!isEnded && currentSteps.length > 0 && <CurrentSteps run={run} now={now} />}
      {tree.length === 0 && currentSteps.length === 0 && (
        <EuiText size="s" color="subdued">
          <p>{formatMessage(isEnded ? messages.noStepsAtAll : messages.noSteps)}</p>
        </EuiText>
      )}
      <MoreStepsButton more={moreSteps} />
    </EuiPanel>
  );
}

/** Lists the calls in progress of a run, or the steps that wait. */
function CurrentSteps({ run, now }: Pick<StepsPanelProps, 'run' | 'now'>): ReactElement {
  const { formatMessage } = useIntl();
  const durationText = useDurationText();
  return (
    <ul css={{ margin: 0, padding: 0, listStyle: 'none' }}>
      {run.currentSteps.map(({ stepId, stepType: type, startedAt }) => (
        <li
          key={`${stepId} ${startedAt}`}
          css={{
            display: 'flex',
            gap: 8,
            alignItems: 'center',
            minBlockSize: 32,
            paddingInlineStart: 28,
          }}
        >
          {run.waits.length === 0 ? (
            <EuiLoadingSpinner size="s" aria-hidden="true" />
          ) : (
            <EuiIcon type="clock" aria-hidden="true" />
          )}
          <EuiText size="s" css={{ overflowWrap: 'anywhere', minInlineSize: 0 }}>
            <span>
              <strong>{formatMessage(messages.now, { name: stepId })}</strong>{' '}
            </span>
            <EuiText component="span" size="xs" color="subdued">
              {formatMessage(messages.nowFor, {
                type,
                duration: durationText(elapsedMs(startedAt, undefined, now)),
              })}
            </EuiText>
          </EuiText>
        </li>
      ))}
    </ul>
  );
}
