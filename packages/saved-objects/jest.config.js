import { preset } from '../../jest.preset.js';

const base = preset('saved-objects');

export default {
  ...base,
  setupFilesAfterEnv: [
    ...base.setupFilesAfterEnv,
    '<rootDir>/../../testing/elasticsearch/jest_setup.ts',
  ],
};
