import { jest } from '@jest/globals';

// Many tests start real processes, sockets and stores; on a busy machine that takes longer than five seconds without being wrong.
jest.setTimeout(60_000);
