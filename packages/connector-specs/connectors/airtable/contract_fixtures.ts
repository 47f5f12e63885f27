import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  queries: ['listRecords'],
  repeatable: { updateRecords: 'It sets cells to given values.' },
  accountCall: {
    action: 'whoAmI',
    input: {},
    path: '/v0/meta/whoami',
    body: (email) => ({ id: 'usr1', email }),
  },
};
