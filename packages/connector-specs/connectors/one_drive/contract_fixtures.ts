import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getFileMetadata',
    input: { itemId: 'i1' },
    path: '/v1.0/me/drive/items/i1',
    body: (name) => ({ id: 'i1', name }),
  },
};
