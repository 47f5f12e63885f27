import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  queries: ['searchCrmObjects', 'getCrmObject', 'searchDeals', 'searchBroad'],
};
