import { EuiButtonEmpty, EuiIcon, EuiScreenReaderOnly, EuiText, useEuiTheme } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, type ReactNode, useId, useState } from 'react';
import { useIntl } from 'react-intl';
import { type StepRun, useDurationText } from '../run_data/index.ts';
import { isFinished, runStatusWords } from '../run_status/index.ts';
import { barPart, type GroupNode, type Span, type StepNode, type Summary } from './step_tree.ts';
import { TimeBar, useQueueColor, useTimesText } from './time_bar.tsx';

const messages = defineMessages({
  iteration: { id: 'workflows.steps.iteration', defaultMessage: 'Iteration {number, number}' },
  branch: { id: 'workflows.steps.branch', defaultMessage: 'Branch {number, number}' },
  attempt: { id: 'workflows.steps.attempt', defaultMessage: 'Attempt {number, number}' },
  fallback: { id: 'workflows.steps.fallback', defaultMessage: 'After the failure' },
  ifTrue: { id: 'workflows.steps.ifTrue', defaultMessage: 'Condition true' },
  ifFalse: { id: 'workflows.steps.ifFalse', defaultMessage: 'Condition false' },
  case: { id: 'workflows.steps.case', defaultMessage: 'Case {number, number}' },
  noCase: { id: 'workflows.steps.noCase', defaultMessage: 'No case' },
  group: { id: 'workflows.steps.group', defaultMessage: 'Part {number, number}' },
  summary: {
    id: 'workflows.steps.summary',
    defaultMessage:
      '{total, plural, one {# step} other {# steps}}{failed, plural, =0 {} other {, # failed}}{skipped, plural, =0 {} other {, # skipped}}',
  },
  queued: { id: 'workflows.steps.queued', defaultMessage: 'Waited in the queue' },
  more: { id: 'workflows.steps.more', defaultMessage: 'Show {count, number} more' },
});

/** Number of iterations or branches of one step that are shown at first. */
const FIRST_GROUPS = 20;

/** Properties of {@link StepRows}. */
export interface StepRowsProps {
  readonly steps: readonly StepNode[];
  /** Start and end of the run. The bars of the steps are relative to them. */
  readonly whole: Span;
  /** Label of the list for screen readers. */
  readonly label?: string;
  /** Renders inputs, outputs and the error of a step that the user has opened. */
  readonly renderDetails: (step: StepRun) => ReactNode;
}

/**
 * Lists the steps of a run as nested lists, with their times as bars. A click on a step shows its
 * details.
 */
export function StepRows({ steps, whole, label, renderDetails }: StepRowsProps): ReactElement {
  return (
    <ul css={{ margin: 0, padding: 0, listStyle: 'none' }} aria-label={label}>
      {steps.map((step) => (
        <StepRow key={step.id} step={step} whole={whole} renderDetails={renderDetails} />
      ))}
    </ul>
  );
}

/**
 * Returns `true` if a step has details of its own. A condition has neither input nor output, and
 * the error of a step around a failed step is shown at the failed step.
 */
const hasDetails = ({ status, stepType, failedStepId, error }: StepRun): boolean =>
  isFinished(status) &&
  failedStepId === undefined &&
  (error !== undefined || (status !== 'failed' && stepType !== 'if'));

type Shared = Pick<StepRowsProps, 'whole' | 'renderDetails'>;

function StepRow({ step, ...shared }: Shared & { readonly step: StepNode }): ReactElement {
  const { name, run, groups, span, summary } = step;
  const { formatMessage } = useIntl();
  const id = useId();
  const isFailedInside = summary.failed > 0;
  // A failed step is open at first, so that the user sees the reason. So is a condition, because
  // only one of its cases ran.
  const isAround = run === undefined || run.failedStepId !== undefined;
  const isCondition = groups.some(({ frame }) => CASES.has(frame.kind));
  const [isOpen, setOpen] = useState(
    isCondition || (isFailedInside && groups.length > 0 && isAround),
  );
  const status = run?.status ?? statusOf(summary);
  return (
    <li>
      <RowButton
        id={id}
        isOpen={isOpen}
        status={status}
        title={name}
        note={
          groups.length === 0 ? run?.stepType : formatMessage(messages.summary, totals(summary))
        }
        span={span}
        whole={shared.whole}
        timings={run?.timings}
        onToggle={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <Inside id={id}>
          {run !== undefined && hasDetails(run) && shared.renderDetails(run)}
          {groups.length > 0 && <Groups groups={groups} {...shared} />}
        </Inside>
      )}
    </li>
  );
}

function Groups({
  groups,
  ...shared
}: Shared & { readonly groups: readonly GroupNode[] }): ReactElement {
  const { formatMessage } = useIntl();
  const [count, setCount] = useState(FIRST_GROUPS);
  const rest = groups.length - count;
  return (
    <>
      <ul css={{ margin: 0, padding: 0, listStyle: 'none' }}>
        {groups.slice(0, count).map((group) => (
          <GroupRow key={group.id} group={group} {...shared} />
        ))}
      </ul>
      {rest > 0 && (
        <EuiButtonEmpty size="s" onClick={() => setCount(count + FIRST_GROUPS * 5)}>
          {formatMessage(messages.more, { count: Math.min(rest, FIRST_GROUPS * 5) })}
        </EuiButtonEmpty>
      )}
    </>
  );
}

function GroupRow({ group, ...shared }: Shared & { readonly group: GroupNode }): ReactElement {
  const { frame, steps, span, summary } = group;
  const { formatMessage } = useIntl();
  const id = useId();
  const isFailed = summary.failed > 0;
  const [isOpen, setOpen] = useState(isFailed || CASES.has(frame.kind));
  const known = GROUPS.get(frame.kind) ?? 'group';
  return (
    <li>
      <RowButton
        id={id}
        isOpen={isOpen}
        status={statusOf(summary)}
        title={formatMessage(messages[known], { number: frame.index + 1 })}
        note={formatMessage(messages.summary, totals(summary))}
        span={span}
        whole={shared.whole}
        onToggle={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <Inside id={id}>
          <StepRows steps={steps} {...shared} />
        </Inside>
      )}
    </li>
  );
}

/** Status of a step that has no record of its own, from the steps inside it. */
function statusOf({ failed, running, waiting, cancelled }: Summary): StepRun['status'] {
  if (failed > 0) return 'failed';
  if (running > 0) return 'running';
  if (waiting > 0) return 'waiting';
  return cancelled > 0 ? 'cancelled' : 'completed';
}

/** Message of each kind of scope. */
const GROUPS: ReadonlyMap<string, keyof typeof messages> = new Map([
  ['iteration', 'iteration'],
  ['branch', 'branch'],
  ['attempt', 'attempt'],
  ['fallback', 'fallback'],
  ['then', 'ifTrue'],
  ['else', 'ifFalse'],
  ['case', 'case'],
  ['default', 'noCase'],
]);

/** Kinds of scopes that occur at most once in one execution of a step. */
const CASES: ReadonlySet<string> = new Set(['then', 'else', 'case', 'default']);

const totals = ({ completed, failed, skipped }: Summary) => ({
  total: completed + failed + skipped,
  failed,
  skipped,
});

/** Indented content of an open row. */
function Inside({
  id,
  children,
}: {
  readonly id: string;
  readonly children: ReactNode;
}): ReactElement {
  const { euiTheme } = useEuiTheme();
  return (
    <div
      id={id}
      css={{
        marginInlineStart: 11,
        paddingInlineStart: euiTheme.size.m,
        paddingBlock: euiTheme.size.xs,
        borderInlineStart: euiTheme.border.thin,
      }}
    >
      {children}
    </div>
  );
}

const ROW = {
  display: 'grid',
  gridTemplateColumns: '16px 16px minmax(0, 1fr) 240px 88px',
  alignItems: 'center',
  gap: 8,
  inlineSize: '100%',
  minBlockSize: 32,
  paddingInline: 4,
  textAlign: 'start',
  // On phones, the bar is below the name.
  '@media (max-width: 767px)': { gridTemplateColumns: '16px 16px minmax(0, 1fr) max-content' },
} as const;

/** Time that a run was queued, before its first step. */
export function QueueRow(props: { readonly span: Span; readonly whole: Span }): ReactElement {
  const { span, whole } = props;
  const { formatMessage } = useIntl();
  const duration = useDurationText();
  const color = useQueueColor();
  const durationMs = span.to - span.from;
  return (
    <div css={ROW}>
      <span />
      <EuiIcon type="clock" aria-hidden="true" />
      <EuiText component="span" size="s">
        {formatMessage(messages.queued)}
      </EuiText>
      <TimeBar part={barPart(span, whole)} color={color} durationMs={durationMs} />
      <EuiText component="span" size="xs" color="subdued" textAlign="right">
        {duration(durationMs)}
      </EuiText>
    </div>
  );
}

/** Row with a button that shows or hides the rows below it. */
function RowButton(props: {
  readonly id: string;
  readonly isOpen: boolean;
  readonly status: StepRun['status'];
  readonly title: string;
  readonly note: string | undefined;
  readonly span: Span;
  readonly whole: Span;
  readonly timings?: StepRun['timings'];
  readonly onToggle: () => void;
}): ReactElement {
  const { id, isOpen, status, title, note, span, whole, timings, onToggle } = props;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const duration = useDurationText();
  const { label, icon } = runStatusWords(status);
  const color = STATUS_COLORS[status];
  const fill = useStatusColor(color);
  const timesText = useTimesText();
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      {...(isOpen ? { 'aria-controls': id } : {})}
      onClick={onToggle}
      css={{
        ...ROW,
        borderRadius: euiTheme.border.radius.small,
        '&:hover': { background: euiTheme.colors.backgroundBaseSubdued },
      }}
    >
      <EuiIcon
        type={isOpen ? 'chevronSingleDown' : 'chevronSingleRight'}
        size="s"
        aria-hidden="true"
      />
      <EuiIcon type={icon} color={color} aria-label={formatMessage(label)} />
      <EuiText component="span" size="s" css={{ overflowWrap: 'anywhere' }}>
        <strong>
          <bdi>{title}</bdi>
        </strong>{' '}
        {note !== undefined && (
          <EuiText component="span" size="xs" color="subdued">
            {note}
          </EuiText>
        )}
      </EuiText>
      <TimeBar
        part={barPart(span, whole)}
        color={fill}
        durationMs={span.to - span.from}
        timings={timings}
      />
      <EuiText component="span" size="xs" color="subdued" textAlign="right">
        {duration(span.to - span.from)}
        {timings === undefined ? null : (
          <EuiScreenReaderOnly>
            <span> ({timesText(timings, span.to - span.from)})</span>
          </EuiScreenReaderOnly>
        )}
      </EuiText>
    </button>
  );
}

const STATUS_COLORS = {
  running: 'primary',
  waiting: 'subdued',
  waiting_for_input: 'warning',
  waiting_for_child: 'subdued',
  waiting_for_authorization: 'warning',
  completed: 'success',
  failed: 'danger',
  skipped: 'subdued',
  cancelled: 'subdued',
  timed_out: 'danger',
} as const;

/** Returns the color of a status in the theme of the page. */
function useStatusColor(color: (typeof STATUS_COLORS)[StepRun['status']]): string {
  const { colors } = useEuiTheme().euiTheme;
  return {
    primary: colors.primary,
    success: colors.success,
    warning: colors.warning,
    danger: colors.danger,
    subdued: colors.mediumShade,
  }[color];
}
