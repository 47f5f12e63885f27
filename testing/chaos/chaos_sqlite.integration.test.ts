import { describe } from 'vitest';
import { itHoldsBetweenServers, itHoldsTheInvariants } from './chaos_on_store.ts';

describe('refreshes and revocations under chaos on SQLite', () => {
  itHoldsTheInvariants({ store: 'sqlite' }, [11, 12]);
});

describe('refreshes and revocations under chaos between whole servers on SQLite', () => {
  itHoldsBetweenServers({ store: 'sqlite' }, 15);
});
