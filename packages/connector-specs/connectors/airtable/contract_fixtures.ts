import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'whoAmI',
    input: {},
    path: '/v0/meta/whoami',
    body: (email) => ({ id: 'usr1', email }),
  },
};
