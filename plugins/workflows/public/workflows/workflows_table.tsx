import {
  type Criteria,
  EuiBadge,
  EuiBadgeGroup,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButton,
  EuiLink,
  EuiSwitch,
  EuiText,
} from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import {
  BESIDE_ROW_MENU,
  type MenuAction,
  NoMatch,
  PAGE_SIZES,
  RelativeTime,
  rowMenuColumn,
  SMALLEST_PAGE,
  TwoLines,
  WHOLE_CARD,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { ListedWorkflow, WorkflowSearch } from '../workflow_data/index.ts';
import { LastRunCell, TriggersCell } from './run_cells.tsx';

const messages = defineMessages({
  caption: { id: 'workflows.table.caption', defaultMessage: 'Workflows' },
  name: { id: 'workflows.table.name', defaultMessage: 'Name' },
  triggers: { id: 'workflows.table.triggers', defaultMessage: 'Triggers' },
  lastRun: { id: 'workflows.table.lastRun', defaultMessage: 'Last run' },
  updated: { id: 'workflows.table.updated', defaultMessage: 'Last change' },
  by: { id: 'workflows.table.by', defaultMessage: 'by {username}' },
  enabled: { id: 'workflows.table.enabled', defaultMessage: 'Enabled' },
  enable: { id: 'workflows.table.enable', defaultMessage: 'Enable {name}' },
  invalid: { id: 'workflows.table.invalid', defaultMessage: 'Has errors' },
  choose: { id: 'workflows.table.choose', defaultMessage: 'Select {name}' },
  noMatch: {
    id: 'workflows.table.noMatch',
    defaultMessage: 'No workflow matches the search and filters',
  },
  pageEmpty: { id: 'workflows.table.pageEmpty', defaultMessage: 'This page of the list is empty' },
  firstPage: { id: 'workflows.table.firstPage', defaultMessage: 'Go to the first page' },
  clear: { id: 'workflows.table.clear', defaultMessage: 'Clear search and filters' },
});

/** Properties of {@link WorkflowsTable}. */
export interface WorkflowsTableProps {
  readonly workflows: readonly ListedWorkflow[];
  /** Number of workflows on all pages. */
  readonly total: number;
  readonly search: WorkflowSearch;
  readonly onSearch: (changes: Partial<WorkflowSearch>) => void;
  readonly onClearFilters: () => void;
  readonly linkTo: (workflow: ListedWorkflow) => AppLink;
  readonly linkToRun: (executionId: string) => AppLink;
  readonly actionsOf: (workflow: ListedWorkflow) => readonly MenuAction[];
  /** Enables or disables a workflow. `undefined`: the user may not change workflows. */
  readonly onSetEnabled: ((workflow: ListedWorkflow, enabled: boolean) => void) | undefined;
  /** Ids of workflows that are being enabled or disabled. */
  readonly switching: ReadonlySet<string>;
  readonly chosen: readonly ListedWorkflow[];
  /** Called when the selection changes. `undefined`: rows have no checkboxes. */
  readonly onChoose: ((workflows: readonly ListedWorkflow[]) => void) | undefined;
}

/** Table with one page of the workflows. */
export function WorkflowsTable(props: WorkflowsTableProps): ReactElement {
  const { workflows, total, search, onSearch, onClearFilters, chosen, onChoose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  if (workflows.length === 0 && total > 0)
    return (
      <NoMatch
        title={formatMessage(messages.pageEmpty)}
        action={
          <EuiButton onClick={() => onSearch({ page: 1 })}>
            {formatMessage(messages.firstPage)}
          </EuiButton>
        }
      />
    );
  if (workflows.length === 0)
    return (
      <NoMatch
        title={formatMessage(messages.noMatch)}
        action={<EuiButton onClick={onClearFilters}>{formatMessage(messages.clear)}</EuiButton>}
      />
    );
  return (
    <EuiBasicTable<ListedWorkflow>
      tableCaption={formatMessage(messages.caption)}
      items={[...workflows]}
      itemId="id"
      columns={columnsOf(intl, props)}
      {...(total <= SMALLEST_PAGE
        ? {}
        : {
            pagination: {
              pageIndex: search.page - 1,
              pageSize: search.perPage,
              totalItemCount: total,
              pageSizeOptions: PAGE_SIZES,
            },
          })}
      {...(onChoose === undefined
        ? {}
        : {
            selection: {
              selectableMessage: (_: boolean, { name }: ListedWorkflow) =>
                formatMessage(messages.choose, { name }),
              selected: [...chosen],
              onSelectionChange: onChoose,
            },
          })}
      sorting={{
        sort: { field: search.sort, direction: search.isDescending ? 'desc' : 'asc' },
      }}
      onChange={({ page, sort }: Criteria<ListedWorkflow>) =>
        onSearch({
          ...(page === undefined ? {} : { page: page.index + 1, perPage: page.size }),
          ...(sort === undefined
            ? {}
            : {
                sort: sort.field === 'lastUpdatedAt' ? 'lastUpdatedAt' : 'name',
                isDescending: sort.direction === 'desc',
              }),
        })
      }
    />
  );
}

function columnsOf(
  { formatMessage }: IntlShape,
  { linkTo, linkToRun, actionsOf, onSetEnabled, switching }: WorkflowsTableProps,
): EuiBasicTableColumn<ListedWorkflow>[] {
  return [
    {
      field: 'name',
      name: formatMessage(messages.name),
      sortable: true,
      mobileOptions: { header: false },
      ...WHOLE_CARD,
      render: (_: unknown, workflow: ListedWorkflow) => (
        <NameCell workflow={workflow} link={linkTo(workflow)} />
      ),
    },
    {
      name: formatMessage(messages.triggers),
      width: '12em',
      render: (workflow: ListedWorkflow) => <TriggersCell workflow={workflow} />,
    },
    {
      name: formatMessage(messages.lastRun),
      width: '17em',
      render: (workflow: ListedWorkflow) => (
        <LastRunCell execution={workflow.lastExecution} linkToRun={linkToRun} />
      ),
    },
    {
      field: 'lastUpdatedAt',
      name: formatMessage(messages.updated),
      sortable: true,
      width: '10em',
      render: (_: unknown, { lastUpdatedAt, lastUpdatedBy }: ListedWorkflow) => (
        <div css={{ overflowWrap: 'anywhere' }}>
          <RelativeTime at={new Date(lastUpdatedAt)} isSentence />
          <EuiText size="xs" color="subdued" component="div">
            {formatMessage(messages.by, { username: <TwoLines key="name" text={lastUpdatedBy} /> })}
          </EuiText>
        </div>
      ),
    },
    {
      field: 'enabled',
      name: formatMessage(messages.enabled),
      width: '90px',
      render: (_: unknown, workflow: ListedWorkflow) => (
        <EuiSwitch
          compressed
          showLabel={false}
          label={formatMessage(messages.enable, { name: workflow.name })}
          checked={workflow.enabled}
          disabled={onSetEnabled === undefined || switching.has(workflow.id)}
          onChange={({ target }) => onSetEnabled?.(workflow, target.checked)}
        />
      ),
    },
    rowMenuColumn((workflow) => ({ name: workflow.name, actionsOf: () => actionsOf(workflow) })),
  ];
}

function NameCell(props: {
  readonly workflow: ListedWorkflow;
  readonly link: AppLink;
}): ReactElement {
  const { workflow, link } = props;
  const { formatMessage } = useIntl();
  return (
    <div css={{ overflowWrap: 'anywhere', minInlineSize: 0, ...BESIDE_ROW_MENU }}>
      <EuiLink color="primary" {...link}>
        <TwoLines text={workflow.name} />
      </EuiLink>{' '}
      {workflow.valid ? null : (
        <EuiBadge color="danger" iconType="error">
          {formatMessage(messages.invalid)}
        </EuiBadge>
      )}
      {workflow.description === undefined ? null : (
        <EuiText size="xs" color="subdued">
          <p>
            <TwoLines text={workflow.description} />
          </p>
        </EuiText>
      )}
      {workflow.tags.length > 0 ? (
        <div css={{ marginBlockStart: 4 }}>
          <EuiBadgeGroup gutterSize="xs">
            {workflow.tags.map((tag) => (
              <EuiBadge key={tag} color="hollow">
                {tag}
              </EuiBadge>
            ))}
          </EuiBadgeGroup>
        </div>
      ) : null}
    </div>
  );
}
