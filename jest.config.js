// First: it restarts Jest with the options of Node that tests need.
import './jest.preset.js';

const { workspacesWith } = await import('./scripts/workspaces.ts');

/** @type {import('jest').Config} */
export default {
  projects: workspacesWith('unit', 'integration', 'e2e').map((folder) => `<rootDir>/${folder}`),
};
