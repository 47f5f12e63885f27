import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  config: { subdomain: 'acme' },
  grant: { cloudId: 'c1' },
};
