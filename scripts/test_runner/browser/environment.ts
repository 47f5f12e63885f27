import { builtinEnvironments, type Environment } from 'vitest/runtime';

const { jsdom } = builtinEnvironments;

/**
 * The document of jsdom, which exists until the process ends. By default Vitest removes it after
 * the last test file. Timers that libraries set during a test, for example to move the focus, can
 * run after that. They would fail without a document, and Vitest reports their errors as a failed
 * run.
 */
const environment: Environment = {
  ...jsdom,
  setup: async (global, options) => {
    await jsdom.setup(global, options);
    return { teardown: () => undefined };
  },
};

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default environment;
