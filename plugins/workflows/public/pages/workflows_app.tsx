import { EuiSkeletonText } from '@elastic/eui';
import { defineMessages, useAppLink } from '@latchkey/core/public';
import { loadedSection } from '@latchkey/core/public/loaded_part';
import { NotFound } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { Route, Routes } from 'react-router';
import { runPaths } from '../run_data/index.ts';
import { WorkflowsPage } from '../workflows/index.ts';

const LOADING = <EuiSkeletonText lines={6} />;
const EditorPage = loadedSection(
  async () => (await import('../editor/index.ts')).EditorPage,
  LOADING,
);
const NewWorkflowPage = loadedSection(
  async () => (await import('../editor/index.ts')).NewWorkflowPage,
  LOADING,
);
const RunPage = loadedSection(async () => (await import('../run_view/index.ts')).RunPage, LOADING);
const RunsPage = loadedSection(async () => (await import('../history/index.ts')).RunsPage, LOADING);
const ComparePage = loadedSection(
  async () => (await import('../history/index.ts')).ComparePage,
  LOADING,
);

const messages = defineMessages({
  all: { id: 'workflows.page.all', defaultMessage: 'All workflows' },
});

/**
 * Pages below `/app/workflows`. The list is part of this module; the other pages are loaded when
 * they are opened.
 */
export function WorkflowsApp(): ReactElement {
  return (
    <Routes>
      <Route index element={<WorkflowsPage />} />
      <Route path="new" element={<NewWorkflowPage />} />
      <Route path="executions" element={<RunsPage />} />
      <Route path="executions/compare" element={<ComparePage />} />
      <Route path="executions/:id" element={<RunPage />} />
      <Route path=":id" element={<EditorPage />} />
      <Route path="*" element={<NoSuchPage />} />
    </Routes>
  );
}

function NoSuchPage(): ReactElement {
  const { formatMessage } = useIntl();
  const link = useAppLink();
  return <NotFound link={{ ...link(runPaths.workflows), label: formatMessage(messages.all) }} />;
}
