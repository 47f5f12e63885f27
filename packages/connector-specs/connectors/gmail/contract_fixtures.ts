import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getMessage',
    input: { messageId: 'm1' },
    path: '/gmail/v1/users/me/messages/m1',
    body: (snippet) => ({ id: 'm1', threadId: 't1', snippet }),
  },
};
