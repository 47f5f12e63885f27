import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getFileMetadata',
    input: { fileIds: ['f1'] },
    path: '/drive/v3/files/f1',
    body: (name) => ({ id: 'f1', name }),
  },
};
