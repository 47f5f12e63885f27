import {
  EuiBadge,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLink,
  EuiPageHeader,
  EuiPanel,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import { NoMatch, useDateText } from '@latchkey/core/public/page_parts';
import { type ComponentProps, type ReactElement, useId, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { JsonView } from '../json_view/index.ts';
import { elapsedMs, type ListedRun, MoreStepsButton, useDurationText } from '../run_data/index.ts';
import { RunStatusBadge } from '../run_status/index.ts';
import {
  areReadable,
  type ComparedStep,
  compareSteps,
  type StepPair,
  stepIdText,
} from './compare_runs.ts';

const messages = defineMessages({
  title: { id: 'workflows.compare.title', defaultMessage: 'Compare two runs' },
  first: { id: 'workflows.compare.first', defaultMessage: 'First run' },
  second: { id: 'workflows.compare.second', defaultMessage: 'Second run' },
  facts: { id: 'workflows.compare.facts', defaultMessage: '{name}, as {user}, at {time}' },
  took: { id: 'workflows.compare.took', defaultMessage: 'Took {duration}' },
  onlyDifferent: {
    id: 'workflows.compare.onlyDifferent',
    defaultMessage: 'Only steps that differ',
  },
  same: { id: 'workflows.compare.same', defaultMessage: 'Same' },
  presence: { id: 'workflows.compare.presence', defaultMessage: 'Only in one run' },
  status: { id: 'workflows.compare.status', defaultMessage: 'Status differs' },
  input: { id: 'workflows.compare.input', defaultMessage: 'Input differs' },
  output: { id: 'workflows.compare.output', defaultMessage: 'Output differs' },
  error: { id: 'workflows.compare.error', defaultMessage: 'Error differs' },
  notExecuted: { id: 'workflows.compare.notExecuted', defaultMessage: 'Not executed' },
  noDifference: {
    id: 'workflows.compare.noDifference',
    defaultMessage: 'No step differs',
  },
  hidden: {
    id: 'workflows.compare.hidden',
    defaultMessage:
      'Inputs and outputs are not compared, because one of the runs belongs to another user.',
  },
  cut: {
    id: 'workflows.compare.cut',
    defaultMessage: 'Only the steps that are loaded are compared. One of the runs has very many.',
  },
  inputOf: { id: 'workflows.compare.inputOf', defaultMessage: 'Input' },
  outputOf: { id: 'workflows.compare.outputOf', defaultMessage: 'Output' },
  errorOf: { id: 'workflows.compare.errorOf', defaultMessage: 'Error' },
});

/** A run with the values of its steps. */
export interface ComparedRun extends ListedRun {
  readonly isReadable: boolean;
  readonly stepExecutions: readonly ComparedStep[];
}

/** Properties of {@link CompareView}. */
export interface CompareViewProps {
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  /** Steps of both runs that can be loaded. */
  readonly moreSteps: ComponentProps<typeof MoreStepsButton>['more'];
  readonly linkTo: (run: ListedRun) => AppLink;
}

/** Compares two runs step by step. A click on a step shows its values in both runs. */
export function CompareView({ first, second, moreSteps, linkTo }: CompareViewProps): ReactElement {
  const { formatMessage } = useIntl();
  const [isShort, setShort] = useState(false);
  const hasValues = areReadable(first, second);
  const pairs = useMemo(
    () => compareSteps(first.stepExecutions, second.stepExecutions, hasValues),
    [first, second, hasValues],
  );
  const shown = isShort ? pairs.filter(({ differences }) => differences.length > 0) : pairs;
  const isCut = moreSteps.hidden > 0;
  return (
    <>
      <EuiPageHeader pageTitle={formatMessage(messages.title)} />
      <EuiSpacer size="m" />
      <EuiFlexGroup gutterSize="m">
        <RunCard label={formatMessage(messages.first)} run={first} link={linkTo(first)} />
        <RunCard label={formatMessage(messages.second)} run={second} link={linkTo(second)} />
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      {!hasValues && (
        <>
          <EuiCallOut size="s" iconType="lock" heading="p" title={formatMessage(messages.hidden)} />
          <EuiSpacer size="m" />
        </>
      )}
      {isCut && (
        <>
          <EuiCallOut size="s" iconType="info" heading="p" title={formatMessage(messages.cut)} />
          <EuiSpacer size="m" />
        </>
      )}
      <EuiSwitch
        label={formatMessage(messages.onlyDifferent)}
        checked={isShort}
        onChange={({ target }) => setShort(target.checked)}
      />
      <EuiSpacer size="s" />
      {shown.length === 0 ? (
        <NoMatch title={formatMessage(messages.noDifference)} />
      ) : (
        <ul css={{ margin: 0, padding: 0, listStyle: 'none' }}>
          {shown.map((pair) => (
            <Pair key={pair.id} pair={pair} hasValues={hasValues} />
          ))}
        </ul>
      )}
      <MoreStepsButton more={moreSteps} />
    </>
  );
}

function RunCard(props: {
  readonly label: string;
  readonly run: ComparedRun;
  readonly link: AppLink;
}): ReactElement {
  const { label, run, link } = props;
  const { formatMessage } = useIntl();
  const dateText = useDateText();
  const durationText = useDurationText();
  const { finishedAt } = run;
  return (
    <EuiFlexItem css={{ minInlineSize: 0 }}>
      <EuiPanel hasBorder hasShadow={false} paddingSize="m">
        <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
          <h2>
            <EuiLink {...link}>{label}</EuiLink>
          </h2>
          <p>
            {formatMessage(messages.facts, {
              name: run.workflowName,
              user: run.executedBy,
              time: dateText(run.createdAt),
            })}
          </p>
        </EuiText>
        <EuiSpacer size="s" />
        <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
          <EuiFlexItem grow={false}>
            <RunStatusBadge status={run.status} />
          </EuiFlexItem>
          {finishedAt !== undefined && (
            <EuiFlexItem grow={false}>
              <EuiText size="s" color="subdued">
                <span>
                  {formatMessage(messages.took, {
                    duration: durationText(elapsedMs(run.createdAt, finishedAt, 0)),
                  })}
                </span>
              </EuiText>
            </EuiFlexItem>
          )}
        </EuiFlexGroup>
      </EuiPanel>
    </EuiFlexItem>
  );
}

function Pair(props: {
  readonly pair: StepPair;
  /** `false`: it is not known whether the step is the same in both runs. */
  readonly hasValues: boolean;
}): ReactElement {
  const { pair, hasValues } = props;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { first, second, differences } = pair;
  return (
    <li css={{ borderBlockEnd: euiTheme.border.thin, paddingBlock: euiTheme.size.xs }}>
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
        <EuiFlexItem css={{ minInlineSize: 0 }}>
          <EuiButtonEmpty
            size="s"
            flush="left"
            color="text"
            iconType={isOpen ? 'chevronSingleDown' : 'chevronSingleRight'}
            aria-expanded={isOpen}
            {...(isOpen ? { 'aria-controls': id } : {})}
            onClick={() => setOpen(!isOpen)}
            css={{ alignSelf: 'flex-start', maxInlineSize: '100%' }}
          >
            <bdi>{stepIdText(pair.id)}</bdi>
          </EuiButtonEmpty>
        </EuiFlexItem>
        {differences.length === 0 && hasValues && (
          <EuiFlexItem grow={false}>
            <EuiBadge color="hollow">{formatMessage(messages.same)}</EuiBadge>
          </EuiFlexItem>
        )}
        {differences.map((difference) => (
          <EuiFlexItem key={difference} grow={false}>
            <EuiBadge color="warning">{formatMessage(messages[difference])}</EuiBadge>
          </EuiFlexItem>
        ))}
      </EuiFlexGroup>
      {isOpen && (
        <div id={id} css={{ paddingBlock: euiTheme.size.s }}>
          <EuiFlexGroup gutterSize="m">
            <Side label={formatMessage(messages.first)} step={first} />
            <Side label={formatMessage(messages.second)} step={second} />
          </EuiFlexGroup>
        </div>
      )}
    </li>
  );
}

function Side(props: {
  readonly label: string;
  readonly step: ComparedStep | undefined;
}): ReactElement {
  const { label, step } = props;
  const { formatMessage } = useIntl();
  const durationText = useDurationText();
  const values =
    step === undefined
      ? []
      : [
          { label: formatMessage(messages.errorOf), value: step.error },
          { label: formatMessage(messages.inputOf), value: step.input },
          { label: formatMessage(messages.outputOf), value: step.output },
        ].filter(({ value }) => value !== undefined);
  return (
    <EuiFlexItem css={{ minInlineSize: 0 }}>
      <div css={{ display: 'grid', gap: 8, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <EuiText size="s">
          <h3>{label}</h3>
        </EuiText>
        {step === undefined ? (
          <EuiText size="s" color="subdued">
            <p>{formatMessage(messages.notExecuted)}</p>
          </EuiText>
        ) : (
          <div css={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <RunStatusBadge status={step.status} />
            <EuiText size="xs" color="subdued">
              <span>{durationText(elapsedMs(step.startedAt, step.finishedAt, 0))}</span>
            </EuiText>
          </div>
        )}
        {values.map(({ label: name, value }) => (
          <JsonView key={name} label={name} value={value} />
        ))}
      </div>
    </EuiFlexItem>
  );
}
