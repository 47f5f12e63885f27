import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** The search is a POST that changes nothing. Client credentials have no user of their own. */
export const contractFixtures: ContractFixtures = {
  queries: ['searchMessages'],
  inputs: { listJoinedTeams: [{ userId: 'u' }], listChats: [{ userId: 'u' }] },
};
