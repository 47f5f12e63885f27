import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/**
 * Inputs and responses for the contract tests. The search is a POST that changes nothing. Client
 * credentials have no user, so inputs must name one.
 */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getUser',
    input: { userId: 'u1' },
    path: '/v1.0/users/u1',
    body: (displayName) => ({ id: 'u1', displayName }),
  },
  queries: ['searchMessages'],
  userInputs: { listJoinedTeams: 'userId', listChats: 'userId' },
  inputs: { listJoinedTeams: [{ userId: 'u' }], listChats: [{ userId: 'u' }] },
};
