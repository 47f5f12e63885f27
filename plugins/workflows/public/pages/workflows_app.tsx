import { EuiSkeletonText } from '@elastic/eui';
import { defineMessages, useAppLink } from '@latchkey/core/public';
import { NotFound } from '@latchkey/core/public/page_parts';
import { lazy, type ReactElement, Suspense } from 'react';
import { useIntl } from 'react-intl';
import { Route, Routes } from 'react-router';
import { runPaths } from '../run_data/index.ts';
import { WorkflowsPage } from '../workflows/index.ts';

const EditorPage = lazy(async () => ({ default: (await import('../editor/index.ts')).EditorPage }));
const NewWorkflowPage = lazy(async () => ({
  default: (await import('../editor/index.ts')).NewWorkflowPage,
}));
const RunPage = lazy(async () => ({ default: (await import('../run_view/index.ts')).RunPage }));
const RunsPage = lazy(async () => ({ default: (await import('../history/index.ts')).RunsPage }));
const ComparePage = lazy(async () => ({
  default: (await import('../history/index.ts')).ComparePage,
}));

const messages = defineMessages({
  all: { id: 'workflows.page.all', defaultMessage: 'All workflows' },
});

/** Pages below `/app/workflows`. The list is loaded with it, the others when they are opened. */
export function WorkflowsApp(): ReactElement {
  return (
    <Suspense fallback={<EuiSkeletonText lines={6} />}>
      <Routes>
        <Route index element={<WorkflowsPage />} />
        <Route path="new" element={<NewWorkflowPage />} />
        <Route path="executions" element={<RunsPage />} />
        <Route path="executions/compare" element={<ComparePage />} />
        <Route path="executions/:id" element={<RunPage />} />
        <Route path=":id" element={<EditorPage />} />
        <Route path="*" element={<NoSuchPage />} />
      </Routes>
    </Suspense>
  );
}

function NoSuchPage(): ReactElement {
  const { formatMessage } = useIntl();
  const link = useAppLink();
  return <NotFound link={{ ...link(runPaths.workflows), label: formatMessage(messages.all) }} />;
}
