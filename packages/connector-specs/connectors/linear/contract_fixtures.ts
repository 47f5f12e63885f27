import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** A generated cursor of users is that of the first page of members. */
export const contractFixtures: ContractFixtures = {
  queries: ['listUsers'],
  inputs: {
    listUsers: [{}, { teamId: 't1', first: 100, orderBy: 'updatedAt', includeDisabled: true }],
  },
};
