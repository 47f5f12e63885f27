import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  withoutScopes: [
    'getMe',
    'searchCode',
    'searchRepositories',
    'searchUsers',
    'searchIssues',
    'searchPullRequests',
  ],
  accountCall: {
    action: 'getMe',
    input: {},
    path: '/user',
    body: (login) => ({ login, id: 1, type: 'User' }),
  },
};
