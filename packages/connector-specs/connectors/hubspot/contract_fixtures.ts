import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

const page = { limit: 100, after: '10' };

/**
 * Inputs and responses for the contract tests. A generated cursor equals that of the next page in a
 * generated response.
 */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'listOwners',
    input: {},
    path: '/crm/v3/owners',
    body: (email) => ({ results: [{ id: '1', email, archived: false }] }),
  },
  queries: ['searchCrmObjects', 'getCrmObject', 'searchDeals', 'searchBroad'],
  inputs: {
    searchCrmObjects: [
      { objectType: 'tasks', ...page, properties: ['email'] },
      { objectType: 'contacts', ...page, query: 'a', includeAssociatedDeals: true },
    ],
    searchDeals: [{}, { query: 'a', pipeline: 'p', dealStage: 's', ownerId: '7', ...page }],
  },
};
