import { jest } from '@jest/globals';

/** Whole servers take seconds where parts take milliseconds. Jest reads `testTimeout` of no single project, so it is set here. */
const SLOWEST_TEST_MS = 300_000;

jest.setTimeout(SLOWEST_TEST_MS);
