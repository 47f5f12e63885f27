import { jest } from '@jest/globals';

/** Servers of other makers start in a minute and answer slowly on a busy machine; no test here says how fast anything is. */
const SLOWEST_TEST_MS = 6 * 60_000;

jest.setTimeout(SLOWEST_TEST_MS);
