import { defineMessages, useCore } from '@latchkey/core/public';
import type { MenuAction } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { cloneWorkflow, getWorkflow, WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { runPaths } from '../run_data/index.ts';
import { type ListedWorkflow, workflowKeys } from '../workflow_data/index.ts';
import { downloadYaml } from './download_yaml.ts';

const messages = defineMessages({
  run: { id: 'workflows.rowActions.run', defaultMessage: 'Run' },
  edit: { id: 'workflows.rowActions.edit', defaultMessage: 'Edit' },
  view: { id: 'workflows.rowActions.view', defaultMessage: 'View' },
  runs: { id: 'workflows.rowActions.runs', defaultMessage: 'Show runs' },
  clone: { id: 'workflows.rowActions.clone', defaultMessage: 'Clone' },
  cloned: { id: 'workflows.rowActions.cloned', defaultMessage: '{name} was created' },
  notCloned: { id: 'workflows.rowActions.notCloned', defaultMessage: '{name} was not cloned' },
  export: { id: 'workflows.rowActions.export', defaultMessage: 'Export as YAML' },
  notExported: {
    id: 'workflows.rowActions.notExported',
    defaultMessage: '{name} was not exported',
  },
  delete: { id: 'workflows.rowActions.delete', defaultMessage: 'Delete' },
});

/** Privileges of the user, which decide about the entries of the menu. */
interface Rights {
  readonly canExecute: boolean;
  readonly canUpdate: boolean;
  readonly canCreate: boolean;
  readonly canDelete: boolean;
}

/** Functions that the entries of the menu call. */
interface Handlers {
  readonly onRun: (workflow: ListedWorkflow) => void;
  readonly onEdit: (workflow: ListedWorkflow) => void;
  readonly onRuns: (workflow: ListedWorkflow) => void;
  readonly onClone: (workflow: ListedWorkflow) => void;
  readonly onExport: (workflow: ListedWorkflow) => void;
  readonly onDelete: (workflow: ListedWorkflow) => void;
}

/** Menu entries for each workflow. Entries that this user may not use are left out. */
export function useRowActions(targets: {
  readonly run: (workflow: ListedWorkflow) => void;
  readonly askToDelete: (workflows: readonly ListedWorkflow[]) => void;
}): (workflow: ListedWorkflow) => readonly MenuAction[] {
  const { run, askToDelete } = targets;
  const intl = useIntl();
  const { http, application, feedback } = useCore();
  const queryClient = useQueryClient();
  return useMemo(() => {
    const { can, navigate } = application;
    const fail = (message: typeof messages.notCloned, name: string) => (error: unknown) =>
      feedback.toast({ ...failureOf(intl, message, { name })(error), color: 'danger' });
    const clone = async ({ id }: ListedWorkflow) => {
      const { name } = await http.call(cloneWorkflow, { params: { id } });
      feedback.toast({ title: intl.formatMessage(messages.cloned, { name }), color: 'success' });
      await queryClient.invalidateQueries({ queryKey: workflowKeys.lists() });
    };
    const exportOne = async ({ id }: ListedWorkflow) =>
      downloadYaml(await http.call(getWorkflow, { params: { id } }));
    const handlers: Handlers = {
      onRun: run,
      onEdit: ({ id }) => navigate(runPaths.workflow(id)),
      onRuns: ({ id }) => navigate(runPaths.ofWorkflow(id)),
      onClone: (workflow) => void clone(workflow).catch(fail(messages.notCloned, workflow.name)),
      onExport: (workflow) =>
        void exportOne(workflow).catch(fail(messages.notExported, workflow.name)),
      onDelete: (workflow) => askToDelete([workflow]),
    };
    const rights: Rights = {
      canExecute: can(WORKFLOW_PRIVILEGES.execute),
      canUpdate: can(WORKFLOW_PRIVILEGES.update),
      canCreate: can(WORKFLOW_PRIVILEGES.create),
      canDelete: can(WORKFLOW_PRIVILEGES.delete),
    };
    return (workflow) => entriesOf(workflow, rights, { intl, handlers });
  }, [intl, application, http, feedback, queryClient, run, askToDelete]);
}

function entriesOf(
  workflow: ListedWorkflow,
  { canExecute, canUpdate, canCreate, canDelete }: Rights,
  { intl, handlers }: { readonly intl: IntlShape; readonly handlers: Handlers },
): readonly MenuAction[] {
  const label = (message: typeof messages.run) => intl.formatMessage(message);
  const entries: (MenuAction | false)[] = [
    canExecute &&
      workflow.valid &&
      workflow.enabled && {
        id: 'run',
        label: label(messages.run),
        icon: 'play',
        onClick: () => handlers.onRun(workflow),
      },
    {
      id: 'edit',
      label: label(canUpdate ? messages.edit : messages.view),
      icon: canUpdate ? 'pencil' : 'eye',
      onClick: () => handlers.onEdit(workflow),
    },
    {
      id: 'runs',
      label: label(messages.runs),
      icon: 'clock',
      onClick: () => handlers.onRuns(workflow),
    },
    canCreate && {
      id: 'clone',
      label: label(messages.clone),
      icon: 'copy',
      onClick: () => handlers.onClone(workflow),
    },
    {
      id: 'export',
      label: label(messages.export),
      icon: 'export',
      onClick: () => handlers.onExport(workflow),
    },
    canDelete && {
      id: 'delete',
      label: label(messages.delete),
      icon: 'trash',
      isDanger: true,
      onClick: () => handlers.onDelete(workflow),
    },
  ];
  return entries.filter((entry) => entry !== false);
}
