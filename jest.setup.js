import { expect, jest } from '@jest/globals';

// Jest does not read `testTimeout` of a single project: the preset passes the limits as a global.
const { unit, integration } = globalThis.TEST_TIMEOUTS_MS;
const { testPath = '' } = expect.getState();

jest.setTimeout(/\.integration\.test\.ts$/.test(testPath) ? integration : unit);
