import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  mayBeEmpty: { 'updateIssue/labels': 'The issue has no labels then.' },
  notTools: { deleteIssue: 'A deletion cannot be undone.' },
  queries: ['searchIssuesWithJql'],
  repeatable: { addWatcher: 'A user watches an issue or not.' },
  accountCall: {
    origins: ['https://api.atlassian.com'],
    action: 'getProject',
    input: { projectId: 'P1' },
    path: '/ex/jira/acme/rest/api/3/project/P1',
    body: (name) => ({ id: '1', key: 'P1', name }),
  },
  config: { subdomain: 'acme' },
  grant: { cloudId: 'c1' },
};
