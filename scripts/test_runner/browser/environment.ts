import { builtinEnvironments, type Environment } from 'vitest/runtime';

const { jsdom } = builtinEnvironments;

/**
 * The document of jsdom, which exists until the process ends. By default Vitest removes it after
 * the last test file, and timers of libraries that run after that, for example to move the focus,
 * fail.
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
