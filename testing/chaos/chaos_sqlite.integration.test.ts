import { describe, jest } from '@jest/globals';
import { itHoldsBetweenServers, itHoldsTheInvariants } from './chaos_on_store.ts';

// Rounds run in real time, so a stalled machine can prevent a scripted race. Every failure is
// printed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describe('refreshes and revocations under chaos on SQLite', () => {
  itHoldsTheInvariants({ store: 'sqlite' }, [11, 12]);
});

describe('refreshes and revocations under chaos between whole servers on SQLite', () => {
  itHoldsBetweenServers({ store: 'sqlite' }, 15);
});
