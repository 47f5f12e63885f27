import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getEvent',
    input: { eventId: 'e1' },
    path: '/calendar/v3/calendars/primary/events/e1',
    body: (summary) => ({ id: 'e1', summary }),
  },
};
