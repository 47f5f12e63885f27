import { lazy } from 'react';

/**
 * Dialog that runs a workflow. Loaded when it is first shown, because it checks schemas. Needs
 * `Suspense` above it.
 */
export const RunDialog = lazy(async () => {
  const { RunDialog } = await import('./run_dialog.tsx');
  return { default: RunDialog };
});
export { readinessOf } from './preflight.ts';
