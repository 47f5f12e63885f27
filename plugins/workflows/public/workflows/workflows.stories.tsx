import { useAppLink } from '@latchkey/core/public';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import type { ListedWorkflow, WorkflowSearch } from '../workflow_data/index.ts';
import { DeleteDialog, type DeleteDialogProps } from './delete_dialog.tsx';
import { readSearch } from './list_params.ts';
import { type WorkflowsState, WorkflowsView } from './workflows_view.tsx';

const nothing = (): void => undefined;
const HOUR_MS = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();

const aWorkflow = (changes: Partial<ListedWorkflow> = {}): ListedWorkflow => ({
  id: 'search',
  name: 'sources.google_drive.search',
  description: "Search for files in Google Drive using Google's query syntax",
  tags: ['agent-builder-tool'],
  enabled: true,
  valid: true,
  createdAt: '2030-01-02T08:00:00.000Z',
  createdBy: 'ana',
  lastUpdatedAt: ago(50),
  lastUpdatedBy: 'ana',
  version: '1',
  triggers: [{ type: 'manual' }],
  lastExecution: { id: 'e1', status: 'completed', createdAt: ago(1), finishedAt: ago(1) },
  ...changes,
});

const LONG = 'engineering_documents_'.repeat(9);
const WORKFLOWS = [
  aWorkflow(),
  aWorkflow({
    id: 'report',
    name: 'Daily report',
    description: undefined,
    tags: ['reports', 'drive'],
    triggers: [{ type: 'manual' }, { type: 'scheduled' }],
    nextRunAt: ago(-7.2),
    runsAs: 'ana',
    lastExecution: { id: 'e2', status: 'waiting_for_authorization', createdAt: ago(17) },
  }),
  aWorkflow({
    id: 'weekly',
    name: 'Weekly cleanup',
    description: undefined,
    tags: [],
    triggers: [{ type: 'scheduled' }],
    nextRunAt: ago(-30),
    runsAs: 'ben',
    userMayRun: false,
    lastExecution: { id: 'e3', status: 'failed', createdAt: ago(138), finishedAt: ago(138) },
  }),
  aWorkflow({
    id: 'invalid',
    name: 'Notify about new files',
    valid: false,
    enabled: false,
    tags: [],
    triggers: [{ type: 'workflows.failed' }],
    lastExecution: undefined,
  }),
];
const LONG_NAMED = [
  aWorkflow({
    name: LONG,
    description: LONG,
    tags: [LONG, 'a'],
    triggers: [{ type: LONG }],
    runsAs: LONG,
  }),
];

function View(props: {
  readonly state:
    | Exclude<WorkflowsState, { readonly status: 'ready' }>
    | {
        readonly status: 'ready';
        readonly workflows: readonly ListedWorkflow[];
        readonly search?: Partial<WorkflowSearch>;
        readonly chosenCount?: number;
        readonly isReadOnly?: boolean;
      };
  readonly mayCreate?: boolean;
}): ReactElement {
  const { state, mayCreate = true } = props;
  const link = useAppLink();
  if (state.status !== 'ready')
    return (
      <WorkflowsView
        state={state}
        onCreate={mayCreate ? nothing : undefined}
        runsLink={link('/app/workflows')}
      />
    );
  const { workflows, search = {}, chosenCount = 0, isReadOnly = false } = state;
  return (
    <WorkflowsView
      onCreate={mayCreate ? nothing : undefined}
      runsLink={link('/app/workflows')}
      state={{
        status: 'ready',
        tags: ['agent-builder-tool', 'reports'],
        isSearching: false,
        onDeleteChosen: nothing,
        onSetChosenEnabled: nothing,
        table: {
          workflows,
          total: workflows.length === 0 ? 0 : 40 + workflows.length,
          search: { ...readSearch(new URLSearchParams()), ...search },
          onSearch: nothing,
          onClearFilters: nothing,
          linkTo: () => link('/app/workflows'),
          linkToRun: () => link('/app/workflows'),
          actionsOf: () => [],
          onSetEnabled: isReadOnly ? undefined : nothing,
          switching: new Set(),
          chosen: workflows.slice(0, chosenCount),
          onChoose: isReadOnly ? undefined : nothing,
        },
      }}
    />
  );
}

const dialog = (changes: Partial<DeleteDialogProps> = {}) => (
  <DeleteDialog
    workflows={[aWorkflow()]}
    phase={{ status: 'asking' }}
    onConfirm={nothing}
    onClose={nothing}
    {...changes}
  />
);

/** States of the list of workflows. */
export const stories: StoryGroup = {
  title: 'Workflows',
  stories: [
    { name: 'loading', render: () => <View state={{ status: 'loading' }} /> },
    {
      name: 'failed',
      render: () => (
        <View
          state={{
            status: 'failed',
            message: 'The server is busy or restarting. Try again in a moment.',
            onRetry: nothing,
          }}
        />
      ),
    },
    { name: 'empty', render: () => <View state={{ status: 'empty' }} /> },
    {
      name: 'empty without the right to create',
      render: () => <View state={{ status: 'empty' }} mayCreate={false} />,
    },
    { name: 'several', render: () => <View state={{ status: 'ready', workflows: WORKFLOWS }} /> },
    {
      name: 'read only',
      render: () => (
        <View
          mayCreate={false}
          state={{ status: 'ready', workflows: WORKFLOWS, isReadOnly: true }}
        />
      ),
    },
    {
      name: 'some chosen',
      render: () => <View state={{ status: 'ready', workflows: WORKFLOWS, chosenCount: 2 }} />,
    },
    {
      name: 'nothing matches',
      render: () => (
        <View
          state={{ status: 'ready', workflows: [], search: { text: 'x', tags: ['reports'] } }}
        />
      ),
    },
    {
      name: 'names without spaces',
      render: () => <View state={{ status: 'ready', workflows: LONG_NAMED }} />,
    },
    { name: 'delete one', render: () => dialog() },
    { name: 'delete several with a schedule', render: () => dialog({ workflows: WORKFLOWS }) },
    {
      name: 'deleting several',
      render: () => dialog({ workflows: WORKFLOWS, phase: { status: 'deleting' } }),
    },
    {
      name: 'not deleted',
      render: () =>
        dialog({
          phase: {
            status: 'failed',
            failure: {
              title: 'Daily report was not deleted',
              text: 'The server is busy or restarting. Try again in a moment.',
            },
          },
        }),
    },
  ],
};
