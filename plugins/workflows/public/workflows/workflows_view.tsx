import { EuiButton, EuiButtonEmpty, EuiFlexGroup } from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import {
  EmptyList,
  type ListFailure,
  ListPage,
  TableToolbar,
} from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { WorkflowFilters } from './workflow_filters.tsx';
import { WorkflowsTable, type WorkflowsTableProps } from './workflows_table.tsx';

const messages = defineMessages({
  title: { id: 'workflows.list.title', defaultMessage: 'Workflows' },
  description: {
    id: 'workflows.list.description',
    defaultMessage: 'Steps that call connectors, with the accounts of the user who runs them.',
  },
  create: { id: 'workflows.list.create', defaultMessage: 'Create workflow' },
  runs: { id: 'workflows.list.runs', defaultMessage: 'All runs' },
  search: {
    id: 'workflows.list.search',
    defaultMessage: 'Search by name, description or tag',
  },
  emptyTitle: { id: 'workflows.list.emptyTitle', defaultMessage: 'Create your first workflow' },
  emptyText: {
    id: 'workflows.list.emptyText',
    defaultMessage:
      'A workflow is a list of steps, for example: search files, then send a message. Start with a template, or paste YAML that you have.',
  },
  noneTitle: {
    id: 'workflows.list.noneTitle',
    defaultMessage: 'There are no workflows in this space',
  },
  noneText: {
    id: 'workflows.list.noneText',
    defaultMessage: 'As soon as another user creates one, you see it here.',
  },
  failedTitle: {
    id: 'workflows.list.failedTitle',
    defaultMessage: 'The workflows could not be loaded',
  },
  count: {
    id: 'workflows.list.count',
    defaultMessage: '{count, plural, one {# workflow} other {# workflows}}',
  },
  enableChosen: { id: 'workflows.list.enableChosen', defaultMessage: 'Enable' },
  disableChosen: { id: 'workflows.list.disableChosen', defaultMessage: 'Disable' },
  deleteChosen: {
    id: 'workflows.list.deleteChosen',
    defaultMessage: 'Delete {count, plural, one {# workflow} other {# workflows}}',
  },
});

/** State of the list of workflows. */
export type WorkflowsState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string; readonly onRetry: () => void }
  | { readonly status: 'empty' }
  | {
      readonly status: 'ready';
      /** Absent: the list is up to date. */
      readonly outdated?: ListFailure['outdated'];
      readonly table: WorkflowsTableProps;
      /** Tags that the filter offers. */
      readonly tags: readonly string[];
      /** `true`: a search is in progress, and the rows are still those of the previous search. */
      readonly isSearching: boolean;
      /** Deletes the chosen workflows. `undefined`: the user may not delete workflows. */
      readonly onDeleteChosen: (() => void) | undefined;
      /**
       * Enables or disables the chosen workflows. `undefined`: the user may not change workflows.
       */
      readonly onSetChosenEnabled: ((enabled: boolean) => void) | undefined;
    };

/** Page of workflows without its dialogs and requests. */
export function WorkflowsView(props: {
  readonly state: WorkflowsState;
  /** Opens the page for a new workflow. `undefined`: the user may not create workflows. */
  readonly onCreate: (() => void) | undefined;
  /** Link to the page with the runs of all workflows. */
  readonly runsLink: AppLink;
}): ReactElement {
  const { state, onCreate, runsLink } = props;
  const { formatMessage } = useIntl();
  const ready = state.status === 'ready' ? state : undefined;
  return (
    <ListPage
      title={formatMessage(messages.title)}
      description={formatMessage(messages.description)}
      create={onCreate && { label: formatMessage(messages.create), onClick: onCreate }}
      action={
        <EuiButtonEmpty key="runs" iconType="list" {...runsLink}>
          {formatMessage(messages.runs)}
        </EuiButtonEmpty>
      }
      search={
        ready && {
          label: formatMessage(messages.search),
          value: ready.table.search.text,
          isLoading: ready.isSearching,
          onChange: (text) => ready.table.onSearch({ text }),
        }
      }
      filters={
        ready && (
          <WorkflowFilters
            search={ready.table.search}
            tags={ready.tags}
            onChange={ready.table.onSearch}
          />
        )
      }
      isLoading={state.status === 'loading'}
      failure={
        state.status === 'failed'
          ? {
              title: formatMessage(messages.failedTitle),
              text: state.message,
              onRetry: state.onRetry,
            }
          : undefined
      }
      outdated={ready?.outdated}
      empty={state.status === 'empty' ? <Empty onCreate={onCreate} /> : undefined}
    >
      {ready === undefined ? null : <Table state={ready} />}
    </ListPage>
  );
}

function Empty({ onCreate }: { readonly onCreate: (() => void) | undefined }): ReactElement {
  const { formatMessage } = useIntl();
  const mayCreate = onCreate !== undefined;
  return (
    <EmptyList
      icon="workflow"
      title={formatMessage(mayCreate ? messages.emptyTitle : messages.noneTitle)}
      text={formatMessage(mayCreate ? messages.emptyText : messages.noneText)}
      create={onCreate && { label: formatMessage(messages.create), onClick: onCreate }}
    />
  );
}

function Table({
  state,
}: {
  readonly state: Extract<WorkflowsState, { readonly status: 'ready' }>;
}): ReactElement {
  const { formatMessage } = useIntl();
  const { table } = state;
  if (table.workflows.length === 0) return <WorkflowsTable {...table} />;
  return (
    <>
      <TableToolbar
        count={formatMessage(messages.count, { count: table.total })}
        action={table.chosen.length > 0 ? <ChosenActions state={state} /> : undefined}
      />
      <WorkflowsTable {...table} />
    </>
  );
}

/** Buttons that act on the chosen workflows. */
function ChosenActions({
  state,
}: {
  readonly state: Extract<WorkflowsState, { readonly status: 'ready' }>;
}): ReactElement {
  const { formatMessage } = useIntl();
  const { table, onDeleteChosen, onSetChosenEnabled } = state;
  const { chosen, switching } = table;
  const isBusy = chosen.some(({ id }) => switching.has(id));
  const setting = (enabled: boolean) => (
    <EuiButton
      size="s"
      onClick={() => onSetChosenEnabled?.(enabled)}
      isDisabled={isBusy || chosen.every((each) => each.enabled === enabled)}
    >
      {formatMessage(enabled ? messages.enableChosen : messages.disableChosen)}
    </EuiButton>
  );
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap>
      {onSetChosenEnabled === undefined ? null : (
        <>
          {setting(true)}
          {setting(false)}
        </>
      )}
      {onDeleteChosen === undefined ? null : (
        <EuiButton size="s" color="danger" iconType="trash" onClick={onDeleteChosen}>
          {formatMessage(messages.deleteChosen, { count: chosen.length })}
        </EuiButton>
      )}
    </EuiFlexGroup>
  );
}
