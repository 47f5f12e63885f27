import { loadedDialog } from '@latchkey/core/public/loaded_part';

/** Dialog that runs a workflow. Loaded when it is first shown, because it checks schemas. */
export const RunDialog = loadedDialog(async () => (await import('./run_dialog.tsx')).RunDialog);
export { readinessOf, waitsForUser } from './preflight.ts';
