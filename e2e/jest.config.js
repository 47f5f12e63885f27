import { preset } from '../jest.preset.js';

/** Whole servers take seconds where parts take milliseconds. */
const SLOWEST_TEST_MS = 120_000;

export default { ...preset('e2e'), testTimeout: SLOWEST_TEST_MS };
