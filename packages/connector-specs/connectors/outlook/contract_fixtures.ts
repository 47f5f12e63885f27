import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests. The search is a POST that changes nothing. */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getMessage',
    input: { messageId: 'm1' },
    path: '/v1.0/me/messages/m1',
    body: (subject) => ({ id: 'm1', subject }),
  },
  queries: ['searchMessages'],
};
