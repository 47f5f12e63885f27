import {
  EuiBadge,
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLink,
  EuiPageHeader,
  EuiPanel,
  EuiSpacer,
  EuiTabbedContent,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import { pageActions, useDateText } from '@latchkey/core/public/page_parts';
import type { ComponentProps, ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { JsonView } from '../json_view/index.ts';
import {
  elapsedMs,
  type ListedRun,
  type MoreStepsButton,
  type RunDetails,
  type StepRun,
  useDurationText,
} from '../run_data/index.ts';
import { isFinished, RunStatusBadge, useTriggerName } from '../run_status/index.ts';
import { failedStep } from './failed_step.ts';
import { RunErrorNotice } from './run_error.tsx';
import { StepsPanel } from './steps_panel.tsx';

const messages = defineMessages({
  test: { id: 'workflows.run.test', defaultMessage: 'Test' },
  stepTest: { id: 'workflows.run.stepTest', defaultMessage: 'Test of step {name}' },
  dryRun: { id: 'workflows.run.dryRun', defaultMessage: 'Dry run' },
  dryRunText: {
    id: 'workflows.run.dryRunText',
    defaultMessage:
      'Dry run: no request was sent to a service. Each call is listed with the input that it would have had.',
  },
  facts: {
    id: 'workflows.run.facts',
    defaultMessage: '{trigger}, as {user}, at {time}',
  },
  lasted: { id: 'workflows.run.lasted', defaultMessage: 'Took {duration}' },
  lasts: { id: 'workflows.run.lasts', defaultMessage: 'For {duration}' },
  openWorkflow: { id: 'workflows.run.openWorkflow', defaultMessage: 'Open workflow' },
  allRuns: { id: 'workflows.run.allRuns', defaultMessage: 'All runs' },
  retryOf: { id: 'workflows.run.retryOf', defaultMessage: 'Retry of an earlier run' },
  compare: { id: 'workflows.run.compare', defaultMessage: 'Compare with the earlier run' },
  parent: { id: 'workflows.run.parent', defaultMessage: 'Started by a step of another run' },
  children: { id: 'workflows.run.children', defaultMessage: 'Runs that this run has started' },
  steps: { id: 'workflows.run.steps', defaultMessage: 'Steps' },
  log: { id: 'workflows.run.log', defaultMessage: 'Log' },
  input: { id: 'workflows.run.input', defaultMessage: 'Inputs of the run' },
  output: { id: 'workflows.run.output', defaultMessage: 'Output of the run' },
  showValues: {
    id: 'workflows.run.showValues',
    defaultMessage: 'Show inputs and output of the run',
  },
  hiddenTitle: {
    id: 'workflows.run.hiddenTitle',
    defaultMessage: 'Inputs and outputs are not shown',
  },
  hiddenText: {
    id: 'workflows.run.hiddenText',
    defaultMessage:
      'This run belongs to {user}. Its steps acted as {user} and may have read data that only {user} may see.',
  },
});

/** A run that is related to the shown run: its parent or a child. */
export interface RelatedRun extends Pick<ListedRun, 'id' | 'workflowName' | 'status'> {
  readonly link: AppLink;
}

/** Properties of {@link RunView}. */
export interface RunViewProps {
  readonly run: RunDetails;
  /** Current time in milliseconds since 1970. */
  readonly now: number;
  /** Link to the editor. `undefined`: the run executed a text that was not stored. */
  readonly workflowLink: AppLink | undefined;
  readonly runsLink: AppLink;
  /**
   * Links to the run that this run repeats, and to a comparison of both runs. Absent: this run is
   * no retry.
   */
  readonly retryOf?: { readonly link: AppLink; readonly compare: AppLink } | undefined;
  readonly parent?: AppLink | undefined;
  /** Steps that can be loaded. */
  readonly moreSteps: ComponentProps<typeof MoreStepsButton>['more'];
  /** Runs that steps of this run have started. Absent: none. */
  readonly related?: readonly RelatedRun[];
  /** Buttons such as `Cancel`. */
  readonly actions: readonly ReactElement[];
  /** Loads inputs and output. `undefined`: they are loaded, or this user may not see them. */
  readonly onShowValues?: (() => void) | undefined;
  /** Panels that tell what the run waits for, one for each wait. */
  readonly waits: ReactNode;
  readonly renderDetails: (step: StepRun) => ReactNode;
  /** Content of the tab with the log. Rendered when the user opens the tab. */
  readonly log: ReactElement;
}

/** Page of a run without its requests: waits, steps with their times, inputs and outputs. */
export function RunView(props: RunViewProps): ReactElement {
  const { run, now, actions, waits } = props;
  const { formatMessage } = useIntl();
  return (
    <div css={{ minInlineSize: 0 }}>
      <EuiPageHeader
        bottomBorder={false}
        paddingSize="none"
        pageTitle={
          <span css={{ overflowWrap: 'anywhere' }}>
            <bdi>{run.workflowName}</bdi>
          </span>
        }
        rightSideItems={pageActions(actions)}
      />
      <EuiSpacer size="s" />
      <RunSummary run={run} now={now} />
      <EuiSpacer size="s" />
      <Links {...props} />
      <EuiSpacer size="m" />
      <div css={{ display: 'grid', gap: 16, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {waits}
        {run.error !== undefined && (
          <RunErrorNotice
            error={run.error}
            stepName={failedStep(run)?.stepId}
            isReadable={run.isReadable}
          />
        )}
        {run.isDryRun === true && (
          <EuiCallOut
            size="s"
            iconType="info"
            title={formatMessage(messages.dryRunText)}
            heading="p"
          />
        )}
        {!run.isReadable && (
          <EuiCallOut
            size="s"
            iconType="lock"
            heading="p"
            title={formatMessage(messages.hiddenTitle)}
          >
            <p>{formatMessage(messages.hiddenText, { user: run.executedBy })}</p>
          </EuiCallOut>
        )}
        <EuiTabbedContent
          autoFocus="selected"
          size="s"
          tabs={[
            { id: 'steps', name: formatMessage(messages.steps), content: <StepsTab {...props} /> },
            { id: 'log', name: formatMessage(messages.log), content: <Tab>{props.log}</Tab> },
          ]}
        />
      </div>
    </div>
  );
}

/** Status, kind, duration, trigger, user and start of a run. */
function RunSummary({ run, now }: Pick<RunViewProps, 'run' | 'now'>): ReactElement {
  const { formatMessage } = useIntl();
  const dateText = useDateText();
  const durationText = useDurationText();
  const triggerText = useTriggerName();
  const isEnded = isFinished(run.status);
  const duration = durationText(elapsedMs(run.createdAt, run.finishedAt, now));
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <RunStatusBadge status={run.status} />
      </EuiFlexItem>
      {run.isTestRun && (
        <EuiFlexItem grow={false}>
          <EuiBadge color="hollow">
            {run.stepId === undefined
              ? formatMessage(messages.test)
              : formatMessage(messages.stepTest, { name: run.stepId })}
          </EuiBadge>
        </EuiFlexItem>
      )}
      {run.isDryRun === true && (
        <EuiFlexItem grow={false}>
          <EuiBadge color="hollow">{formatMessage(messages.dryRun)}</EuiBadge>
        </EuiFlexItem>
      )}
      <EuiFlexItem grow={false}>
        <EuiText size="s" color="subdued">
          <span>{formatMessage(isEnded ? messages.lasted : messages.lasts, { duration })}</span>
        </EuiText>
      </EuiFlexItem>
      <EuiFlexItem grow={false} css={{ minInlineSize: 0 }}>
        <EuiText size="s" color="subdued" css={{ overflowWrap: 'anywhere' }}>
          <span>
            {formatMessage(messages.facts, {
              trigger: triggerText(run.triggeredBy),
              user: run.executedBy,
              time: dateText(run.createdAt),
            })}
          </span>
        </EuiText>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

function Links(props: RunViewProps): ReactElement {
  const { workflowLink, runsLink, retryOf, parent, related = [] } = props;
  const { formatMessage } = useIntl();
  const links = [
    ...(workflowLink === undefined
      ? []
      : [{ ...workflowLink, label: messages.openWorkflow, icon: 'workflow' }]),
    { ...runsLink, label: messages.allRuns, icon: 'listBullet' },
    ...(retryOf === undefined
      ? []
      : [
          { ...retryOf.link, label: messages.retryOf, icon: 'refresh' },
          { ...retryOf.compare, label: messages.compare, icon: 'compare' },
        ]),
    ...(parent === undefined ? [] : [{ ...parent, label: messages.parent, icon: 'nested' }]),
  ];
  return (
    <>
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        {links.map(({ label, icon, href, onClick }) => (
          <EuiFlexItem key={label.id} grow={false}>
            <EuiButtonEmpty size="xs" flush="left" iconType={icon} href={href} onClick={onClick}>
              {formatMessage(label)}
            </EuiButtonEmpty>
          </EuiFlexItem>
        ))}
      </EuiFlexGroup>
      {related.length > 0 && (
        <>
          <EuiSpacer size="m" />
          {/* Outside of the text, whose headings are larger. */}
          <EuiTitle size="xxs">
            <h2>{formatMessage(messages.children)}</h2>
          </EuiTitle>
          <EuiSpacer size="s" />
          <EuiText size="s">
            <ul>
              {related.map(({ id, workflowName, status, link }) => (
                <li key={id}>
                  <EuiLink {...link}>
                    <bdi>{workflowName}</bdi>
                  </EuiLink>{' '}
                  <RunStatusBadge status={status} />
                </li>
              ))}
            </ul>
          </EuiText>
        </>
      )}
    </>
  );
}

/** Content of a tab, below the row of tabs. */
function Tab({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <>
      <EuiSpacer size="m" />
      <div css={{ display: 'grid', gap: 16, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {children}
      </div>
    </>
  );
}

function StepsTab(props: RunViewProps): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <Tab>
      <StepsPanel {...props} title={formatMessage(messages.steps)} />
      <Values run={props.run} onShow={props.onShowValues} />
    </Tab>
  );
}

function Values(
  props: Pick<RunViewProps, 'run'> & { readonly onShow: RunViewProps['onShowValues'] },
): ReactElement | null {
  const { input, output } = props.run;
  const { formatMessage } = useIntl();
  if (props.onShow !== undefined) {
    return (
      <div>
        <EuiButton size="s" onClick={props.onShow}>
          {formatMessage(messages.showValues)}
        </EuiButton>
      </div>
    );
  }
  const hasInput = input !== undefined && JSON.stringify(input) !== '{}';
  if (!hasInput && output === undefined) return null;
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m" css={{ minInlineSize: 0 }}>
      <div css={{ display: 'grid', gap: 16, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {hasInput && <JsonView label={formatMessage(messages.input)} value={input} />}
        {output !== undefined && <JsonView label={formatMessage(messages.output)} value={output} />}
      </div>
    </EuiPanel>
  );
}
