import { defineMessages, useCore } from '@latchkey/core/public';
import type { MenuAction } from '@latchkey/core/public/page_parts';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import { getWorkflow, WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import type { ListedWorkflow } from '../workflow_data/index.ts';
import { downloadYaml } from './download_yaml.ts';

const messages = defineMessages({
  edit: { id: 'workflows.rowActions.edit', defaultMessage: 'Edit' },
  view: { id: 'workflows.rowActions.view', defaultMessage: 'View' },
  export: { id: 'workflows.rowActions.export', defaultMessage: 'Export as YAML' },
  delete: { id: 'workflows.rowActions.delete', defaultMessage: 'Delete' },
  notExported: {
    id: 'workflows.rowActions.notExported',
    defaultMessage: '{name} was not exported',
  },
});

/** Path of the editor of a workflow. */
export const workflowPath = (id: string): string => `/app/workflows/${encodeURIComponent(id)}`;

/** Entries of the menu of each workflow: only those that this user may use. */
export function useRowActions(targets: {
  readonly askToDelete: (workflows: readonly ListedWorkflow[]) => void;
}): (workflow: ListedWorkflow) => readonly MenuAction[] {
  const { askToDelete } = targets;
  const intl = useIntl();
  const { http, application, feedback } = useCore();
  return useMemo(() => {
    const { formatMessage } = intl;
    const { can } = application;
    const exportOne = async ({ id, name }: ListedWorkflow) => {
      try {
        downloadYaml(await http.call(getWorkflow, { params: { id } }));
      } catch (error) {
        const failure = failureOf(intl, messages.notExported, { name })(error);
        feedback.toast({ ...failure, color: 'danger' });
      }
    };
    const canUpdate = can(WORKFLOW_PRIVILEGES.update);
    return (workflow) => [
      {
        id: 'edit',
        label: formatMessage(canUpdate ? messages.edit : messages.view),
        icon: canUpdate ? 'pencil' : 'eye',
        onClick: () => application.navigate(workflowPath(workflow.id)),
      },
      {
        id: 'export',
        label: formatMessage(messages.export),
        icon: 'export',
        onClick: () => void exportOne(workflow),
      },
      ...(can(WORKFLOW_PRIVILEGES.delete)
        ? [
            {
              id: 'delete',
              label: formatMessage(messages.delete),
              icon: 'trash',
              isDanger: true,
              onClick: () => askToDelete([workflow]),
            },
          ]
        : []),
    ];
  }, [intl, application, http, feedback, askToDelete]);
}
