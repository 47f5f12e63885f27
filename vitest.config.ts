import { defineConfig } from 'vitest/config';
import { testProjects } from './scripts/test_runner/projects.ts';

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default defineConfig({
  test: {
    projects: testProjects(process.cwd()),
  },
});
