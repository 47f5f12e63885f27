import type { ReactElement } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { WorkflowsPage } from './workflows/index.ts';

/** Pages below `/app/workflows`. The list is loaded with it, the others when they are opened. */
export function WorkflowsApp(): ReactElement {
  return (
    <Routes>
      <Route index element={<WorkflowsPage />} />
      <Route path="*" element={<Navigate to="/app/workflows" replace />} />
    </Routes>
  );
}
