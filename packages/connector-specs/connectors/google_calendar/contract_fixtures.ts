import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  queries: ['freeBusy'],
  accountCall: {
    action: 'getEvent',
    input: { eventId: 'e1' },
    path: '/calendar/v3/calendars/primary/events/e1',
    body: (summary) => ({ id: 'e1', summary }),
  },
};
