import { preset } from '../../jest.preset.js';

export default {
  // Whole servers take seconds where parts take milliseconds. Ends a test that hangs.
  ...preset('e2e', { unit: 10 * 60_000 }),
  globalSetup: '<rootDir>/../environment/stores/jest_global_setup.ts',
  globalTeardown: '<rootDir>/../environment/stores/jest_global_teardown.ts',
};
