import { EuiSkeletonText } from '@elastic/eui';
import { defineMessages, HttpClientError, useAppLink, useCore } from '@latchkey/core/public';
import { LoadFailure, NotFound } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { useParams } from 'react-router';
import { failureOf, failureText } from '../failure_text.ts';
import { runPaths } from '../run_data/index.ts';
import { workflowQuery } from '../workflow_data/index.ts';
import { WorkflowEditor } from './workflow_editor.tsx';

const messages = defineMessages({
  failed: {
    id: 'workflows.editor.loadFailed',
    defaultMessage: 'The workflow could not be loaded',
  },
  title: { id: 'workflows.editor.title', defaultMessage: 'Workflow' },
  notFound: { id: 'workflows.editor.notFound', defaultMessage: 'This workflow does not exist' },
  notFoundText: {
    id: 'workflows.editor.notFoundText',
    defaultMessage: 'It was deleted, it belongs to another space, or the address is wrong.',
  },
  all: { id: 'workflows.page.all', defaultMessage: 'All workflows' },
});

/** Page `/app/workflows/{id}` with the editor of a stored workflow. */
export function EditorPage(): ReactElement {
  const { id = '' } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { readonly id: string }): ReactElement {
  const intl = useIntl();
  const { http, chrome, feedback } = useCore();
  const link = useAppLink();
  const { data, error, refetch } = useQuery(workflowQuery(http, id));
  /** Number of times that the user has discarded the text. */
  const [version, setVersion] = useState(0);
  const title = data?.name ?? intl.formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const reload = async () => {
    const { error: failed } = await refetch();
    if (failed === null) setVersion((before) => before + 1);
    else feedback.toast({ ...failureOf(intl, messages.failed)(failed), color: 'danger' });
  };
  if (data === undefined && error instanceof HttpClientError && error.status === 404) {
    return (
      <NotFound
        title={intl.formatMessage(messages.notFound)}
        text={intl.formatMessage(messages.notFoundText)}
        link={{ ...link(runPaths.workflows), label: intl.formatMessage(messages.all) }}
      />
    );
  }
  if (data === undefined)
    return error === null ? (
      <EuiSkeletonText lines={8} />
    ) : (
      <LoadFailure
        title={intl.formatMessage(messages.failed)}
        text={failureText(intl, error)}
        onRetry={() => void refetch()}
      />
    );
  return (
    <WorkflowEditor
      key={version}
      workflow={data}
      initialText={data.yaml}
      newTitle={title}
      onReload={() => void reload()}
    />
  );
}
