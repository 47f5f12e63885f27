import { useAppLink, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import { listFailure } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useCallback, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { failureText } from '../failure_text.ts';
import { runPaths } from '../run_data/index.ts';
import { RunDialog } from '../run_dialog/index.ts';
import {
  type ListedWorkflow,
  tagsQuery,
  type WorkflowSearch,
  workflowsQuery,
} from '../workflow_data/index.ts';
import { isFiltered, readSearch, writeSearch } from './list_params.ts';
import { useDelete } from './use_delete.ts';
import { useRowActions } from './use_row_actions.ts';
import { useSwitch } from './use_switch.ts';
import { type WorkflowsState, WorkflowsView } from './workflows_view.tsx';

const DeleteDialog = loadedDialog(async () => (await import('./delete_dialog.tsx')).DeleteDialog);

const NONE: readonly ListedWorkflow[] = [];

/** Page `/app/workflows`. Search, filters and page are in the URL. */
export function WorkflowsPage(): ReactElement {
  const { application } = useCore();
  const [chosenBefore, choose] = useState(NONE);
  const [running, run] = useState<ListedWorkflow>();
  const link = useAppLink();
  const deletion = useDelete(useCallback(() => choose(NONE), []));
  const state = useWorkflowsState({ chosenBefore, choose, askToDelete: deletion.ask, run });
  return (
    <>
      <WorkflowsView
        state={state}
        onCreate={
          application.can(WORKFLOW_PRIVILEGES.create)
            ? () => application.navigate('/app/workflows/new')
            : undefined
        }
        runsLink={link(runPaths.list())}
      />
      {deletion.dialog === undefined ? null : <DeleteDialog {...deletion.dialog} />}
      {running === undefined ? null : (
        <RunDialog
          source={{ kind: 'stored', workflowId: running.id }}
          name={running.name}
          onClose={() => run(undefined)}
        />
      )}
    </>
  );
}

function useWorkflowsState(selection: {
  readonly chosenBefore: readonly ListedWorkflow[];
  readonly choose: (workflows: readonly ListedWorkflow[]) => void;
  readonly askToDelete: (workflows: readonly ListedWorkflow[]) => void;
  readonly run: (workflow: ListedWorkflow) => void;
}): WorkflowsState {
  const { chosenBefore, choose, askToDelete, run } = selection;
  const intl = useIntl();
  const { application, http } = useCore();
  const link = useAppLink();
  const [params, setParams] = useSearchParams();
  const search = useMemo(() => readSearch(params), [params]);
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    workflowsQuery(http, search),
  );
  const tags = useQuery(tagsQuery(http));
  const { switching, setEnabled, setManyEnabled } = useSwitch();
  const actionsOf = useRowActions({ run, askToDelete });
  const change = (changes: Partial<WorkflowSearch>) =>
    setParams((before) => writeSearch({ ...readSearch(before), page: 1, ...changes }), {
      replace: changes.page === undefined,
    });
  if (data === undefined)
    return isPending
      ? { status: 'loading' }
      : {
          status: 'failed',
          message: failureText(intl, error),
          onRetry: () => void refetch(),
        };
  const { results, total } = data;
  if (total === 0 && !isFiltered(search)) return { status: 'empty' };
  const mayDelete = application.can(WORKFLOW_PRIVILEGES.delete);
  const mayUpdate = application.can(WORKFLOW_PRIVILEGES.update);
  const chosenIds = new Set(chosenBefore.map(({ id }) => id));
  const chosen = results.filter(({ id }) => chosenIds.has(id));
  return {
    status: 'ready',
    outdated: listFailure({ data, error, refetch }, (each) => failureText(intl, each)).outdated,
    tags: tags.data ?? [],
    isSearching: isPlaceholderData,
    onDeleteChosen: mayDelete ? () => askToDelete(chosen) : undefined,
    onSetChosenEnabled: mayUpdate ? (enabled) => void setManyEnabled(chosen, enabled) : undefined,
    table: {
      workflows: results,
      total,
      search,
      onSearch: change,
      onClearFilters: () => change({ text: '', tags: [], enabled: undefined }),
      linkTo: ({ id }) => link(runPaths.workflow(id)),
      linkToRun: (id) => link(runPaths.run(id)),
      actionsOf,
      onSetEnabled: mayUpdate
        ? (workflow, enabled) => void setEnabled(workflow, enabled)
        : undefined,
      switching,
      chosen,
      onChoose: mayDelete || mayUpdate ? choose : undefined,
    },
  };
}
