import { jest } from '@jest/globals';

/** A run of real processes takes a while. Jest reads `testTimeout` of no single project, so it is set here. */
const SLOWEST_TEST_MS = 120_000;

jest.setTimeout(SLOWEST_TEST_MS);
