import {
  type CriteriaWithPagination,
  EuiBadge,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButton,
  EuiEmptyPrompt,
  EuiLink,
} from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import {
  NoMatch,
  PAGE_SIZES,
  TableToolbar,
  TwoLines,
  useDateText,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { elapsedMs, type ListedRun, type RunFilter, useDurationText } from '../run_data/index.ts';
import { RunStatusBadge, useTriggerName } from '../run_status/index.ts';
import { isFiltered, withoutConditions } from './run_filter.ts';

const messages = defineMessages({
  caption: { id: 'workflows.runs.caption', defaultMessage: 'Runs' },
  workflow: { id: 'workflows.runs.workflow', defaultMessage: 'Workflow' },
  status: { id: 'workflows.runs.status', defaultMessage: 'Status' },
  user: { id: 'workflows.runs.user', defaultMessage: 'User' },
  trigger: { id: 'workflows.runs.trigger', defaultMessage: 'Trigger' },
  started: { id: 'workflows.runs.started', defaultMessage: 'Started' },
  duration: { id: 'workflows.runs.duration', defaultMessage: 'Duration' },
  test: { id: 'workflows.runs.test', defaultMessage: 'Test' },
  stepTest: { id: 'workflows.runs.stepTest', defaultMessage: 'Test of step {name}' },
  dryRun: { id: 'workflows.runs.dryRun', defaultMessage: 'Dry run' },
  count: {
    id: 'workflows.runs.count',
    defaultMessage: '{count, plural, one {# run} other {# runs}}',
  },
  compare: { id: 'workflows.runs.compare', defaultMessage: 'Compare 2 runs' },
  compareHint: {
    id: 'workflows.runs.compareHint',
    defaultMessage: 'Select one more run to compare',
  },
  compareMany: {
    id: 'workflows.runs.compareMany',
    defaultMessage: 'Select only two runs to compare',
  },
  choose: { id: 'workflows.runs.choose', defaultMessage: 'Select the run of {name} at {time}' },
  empty: { id: 'workflows.runs.empty', defaultMessage: 'No runs yet' },
  emptyText: {
    id: 'workflows.runs.emptyText',
    defaultMessage: 'Run a workflow from the list of workflows. Its runs appear here.',
  },
  none: { id: 'workflows.runs.none', defaultMessage: 'No run matches the filters' },
  clear: { id: 'workflows.runs.clear', defaultMessage: 'Clear filters' },
  pageEmpty: { id: 'workflows.runs.pageEmpty', defaultMessage: 'This page of the list is empty' },
  firstPage: { id: 'workflows.runs.firstPage', defaultMessage: 'Go to the first page' },
});

/** Maximum number of runs that the server can page through. */
const MAX_PAGED = 10_000;

/** Properties of {@link RunsTable}. */
export interface RunsTableProps {
  readonly runs: readonly ListedRun[];
  readonly total: number;
  readonly filter: RunFilter;
  readonly isLoading: boolean;
  /** Current time in milliseconds since 1970. */
  readonly now: number;
  /** Ids of the selected runs. */
  readonly chosen: readonly string[];
  readonly linkTo: (run: ListedRun) => AppLink;
  readonly onChoose: (ids: readonly string[]) => void;
  readonly onCompare: (first: string, second: string) => void;
  readonly onChange: (filter: RunFilter) => void;
}

/** Table of runs with status, user and times. Two selected runs can be compared. */
export function RunsTable(props: RunsTableProps): ReactElement {
  const { runs, total, filter, isLoading, chosen, onChoose, onCompare, onChange } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const columns = useColumns(props);
  if (runs.length === 0 && !isLoading) return <NoRuns {...props} />;
  const byId = new Map(runs.map((run) => [run.id, run]));
  const selected = chosen.flatMap((id) => byId.get(id) ?? []);
  // The comparison shows the older run first.
  const [first, second] = [...selected].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const isPair = selected.length === 2 && first !== undefined && second !== undefined;
  return (
    <>
      <TableToolbar
        count={formatMessage(messages.count, { count: total })}
        action={
          selected.length === 0 ? undefined : (
            <EuiButton
              size="s"
              iconType="compare"
              isDisabled={!isPair}
              onClick={() => isPair && onCompare(first.id, second.id)}
            >
              {formatMessage(
                isPair
                  ? messages.compare
                  : selected.length === 1
                    ? messages.compareHint
                    : messages.compareMany,
              )}
            </EuiButton>
          )
        }
      />
      <EuiBasicTable<ListedRun>
        tableCaption={formatMessage(messages.caption)}
        items={[...runs]}
        itemId="id"
        columns={columns}
        loading={isLoading}
        css={NAME_COLUMN}
        selection={{
          selected,
          onSelectionChange: (items) => onChoose(items.map(({ id }) => id)),
          selectableMessage: (_, { workflowName: name, createdAt }) =>
            formatMessage(messages.choose, {
              name,
              time: intl.formatDate(createdAt, { dateStyle: 'medium', timeStyle: 'medium' }),
            }),
        }}
        pagination={{
          pageIndex: filter.page,
          pageSize: filter.pageSize,
          totalItemCount: Math.min(total, MAX_PAGED),
          pageSizeOptions: PAGE_SIZES,
        }}
        onChange={({ page }: CriteriaWithPagination<ListedRun>) =>
          onChange({ ...filter, page: page.index, pageSize: page.size })
        }
      />
    </>
  );
}

/**
 * Names are longer than the other values. The width depends on that of the table, which EUI's own
 * option for columns discourages. The first column has the checkboxes.
 */
const NAME_COLUMN = { '& thead th:nth-of-type(2)': { inlineSize: '24%' } } as const;

function useColumns({ now, linkTo }: RunsTableProps): EuiBasicTableColumn<ListedRun>[] {
  const { formatMessage } = useIntl();
  const durationText = useDurationText();
  const triggerText = useTriggerName();
  const dateText = useDateText();
  return [
    {
      name: formatMessage(messages.workflow),
      ...WHOLE_CARD,
      render: (run: ListedRun) => (
        <span css={{ overflowWrap: 'anywhere' }}>
          <EuiLink color="primary" {...linkTo(run)}>
            <TwoLines text={run.workflowName} />
          </EuiLink>{' '}
          {run.isTestRun && (
            <EuiBadge color="hollow">
              {run.stepId === undefined
                ? formatMessage(messages.test)
                : formatMessage(messages.stepTest, { name: run.stepId })}
            </EuiBadge>
          )}
          {run.isDryRun === true && (
            <EuiBadge color="hollow">{formatMessage(messages.dryRun)}</EuiBadge>
          )}
        </span>
      ),
    },
    {
      name: formatMessage(messages.status),
      // As wide as the longest status in English.
      width: '210px',
      render: ({ status }: ListedRun) => <RunStatusBadge status={status} />,
    },
    {
      field: 'executedBy',
      name: formatMessage(messages.user),
      render: (user: string) => <TwoLines text={user} />,
    },
    {
      field: 'triggeredBy',
      name: formatMessage(messages.trigger),
      render: (trigger: string) => <TwoLines text={triggerText(trigger)} />,
    },
    {
      field: 'createdAt',
      name: formatMessage(messages.started),
      // Width for a date and a time, which take two lines in a narrow window.
      width: '124px',
      // Absolute times, because a relative time such as "yesterday" would be the same for many
      // runs.
      render: (at: string) => <time dateTime={at}>{dateText(at)}</time>,
    },
    {
      name: formatMessage(messages.duration),
      render: ({ createdAt, finishedAt }: ListedRun) =>
        durationText(elapsedMs(createdAt, finishedAt, now)),
    },
  ];
}

function NoRuns({ total, filter, onChange }: RunsTableProps): ReactElement {
  const { formatMessage } = useIntl();
  if (total > 0) {
    return (
      <NoMatch
        title={formatMessage(messages.pageEmpty)}
        action={
          <EuiButton onClick={() => onChange({ ...filter, page: 0 })}>
            {formatMessage(messages.firstPage)}
          </EuiButton>
        }
      />
    );
  }
  if (isFiltered(filter)) {
    return (
      <NoMatch
        title={formatMessage(messages.none)}
        action={
          <EuiButton onClick={() => onChange(withoutConditions(filter))}>
            {formatMessage(messages.clear)}
          </EuiButton>
        }
      />
    );
  }
  return (
    <EuiEmptyPrompt
      iconType="clock"
      titleSize="s"
      title={<h2>{formatMessage(messages.empty)}</h2>}
      body={<p>{formatMessage(messages.emptyText)}</p>}
    />
  );
}
