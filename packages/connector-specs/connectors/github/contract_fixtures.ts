import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  mayBeEmpty: {
    'updateIssue/assignees': 'The issue has no assignees then.',
    'updateIssue/labels': 'The issue has no labels then.',
  },
  repeatable: {
    updateIssue: 'It sets fields to given values.',
    updatePullRequest: 'It sets fields to given values.',
    addLabels: 'An issue has a label once.',
    addAssignee: 'An issue has an assignee once.',
  },
  notRepeatable: {
    mergePullRequest: 'A pull request that is merged cannot be merged, so the second one fails.',
    createOrUpdateFile: 'The first one changes the sha that the second one would need.',
  },
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
