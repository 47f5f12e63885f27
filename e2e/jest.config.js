import { preset } from '../jest.preset.js';

export default {
  ...preset('e2e'),
  globalSetup: '<rootDir>/rig/jest_global_setup.ts',
  globalTeardown: '<rootDir>/rig/jest_global_teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/rig/allow_time.ts'],
};
