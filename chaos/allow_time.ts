import { jest } from '@jest/globals';

/** A run of real processes takes a while, on a busy machine a long one. Jest reads `testTimeout` of no single project, so it is set here. */
const SLOWEST_TEST_MS = 240_000;

jest.setTimeout(SLOWEST_TEST_MS);
