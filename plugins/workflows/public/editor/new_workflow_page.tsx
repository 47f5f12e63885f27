import { EuiButton, EuiEmptyPrompt, EuiPageHeader, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages, useAppLink, useCore } from '@latchkey/core/public';
import { usePageParams } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { TemplatePicker, templatesOf, type WorkflowTemplate } from '../templates/index.ts';
import { workflowConnectorsQuery } from '../workflow_data/index.ts';
import { WorkflowEditor } from './workflow_editor.tsx';

const messages = defineMessages({
  title: { id: 'workflows.new.title', defaultMessage: 'New workflow' },
  description: {
    id: 'workflows.new.description',
    defaultMessage: 'Choose a start. You can change everything afterwards.',
  },
  forbidden: {
    id: 'workflows.new.forbidden',
    defaultMessage: 'You cannot create workflows',
  },
  all: { id: 'workflows.new.all', defaultMessage: 'All workflows' },
  forbiddenText: {
    id: 'workflows.new.forbiddenText',
    defaultMessage: 'Your roles do not allow it. Ask an administrator for access.',
  },
});

/**
 * Page `/app/workflows/new`: first the choice of a template, then the editor. The chosen template
 * is in the URL.
 */
export function NewWorkflowPage(): ReactElement {
  const { formatMessage } = useIntl();
  const { http, chrome, application } = useCore();
  const link = useAppLink();
  const [params, change] = usePageParams();
  const { data, isPending } = useQuery(workflowConnectorsQuery(http));
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const [kept, keep] = useState<WorkflowTemplate>();
  if (!application.can(WORKFLOW_PRIVILEGES.create))
    return (
      <EuiEmptyPrompt
        iconType="lock"
        title={<h1>{formatMessage(messages.forbidden)}</h1>}
        body={<p>{formatMessage(messages.forbiddenText)}</p>}
        actions={<EuiButton {...link('/app/workflows')}>{formatMessage(messages.all)}</EuiButton>}
      />
    );
  const templates = templatesOf(data?.connectorTypes);
  const id = params.get('template');
  // The list of templates changes with the connectors. The chosen template stays while the user
  // edits.
  const chosen = kept?.id === id ? kept : templates.find((template) => template.id === id);
  if (chosen !== undefined) {
    if (chosen !== kept) keep(chosen);
    return (
      <WorkflowEditor
        key={chosen.id}
        workflow={undefined}
        initialText={chosen.yaml}
        newTitle={title}
        onReload={() => undefined}
      />
    );
  }
  return (
    <>
      <EuiPageHeader pageTitle={title} description={formatMessage(messages.description)} />
      <EuiSpacer size="l" />
      {isPending ? (
        <EuiSkeletonText lines={4} />
      ) : (
        <TemplatePicker
          templates={templates}
          onChoose={(template) => change({ template: template.id })}
        />
      )}
    </>
  );
}
