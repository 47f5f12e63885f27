import { loadedDialog } from '@latchkey/core/public/loaded_part';

/**
 * Dialog that runs a workflow. Its code is loaded when it is first shown, because it includes a
 * large checker of schemas.
 */
export const RunDialog = loadedDialog(async () => (await import('./run_dialog.tsx')).RunDialog);
export { readinessOf, waitsForUser } from './preflight.ts';
