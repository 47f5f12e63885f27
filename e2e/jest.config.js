import { preset } from '../jest.preset.js';

export default {
  ...preset('e2e'),
  globalSetup: '<rootDir>/support/jest_global_setup.ts',
  globalTeardown: '<rootDir>/support/jest_global_teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/support/allow_time.ts'],
};
