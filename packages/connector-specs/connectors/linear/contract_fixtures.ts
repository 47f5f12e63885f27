import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/**
 * Inputs and responses for the contract tests. The generated cursor of users equals that of the
 * first page of members.
 */
export const contractFixtures: ContractFixtures = {
  mayBeEmpty: { 'updateIssue/labelIds': 'The issue has no labels then.' },
  repeatable: { updateIssue: 'It sets fields to given values.' },
  accountCall: {
    action: 'listTeams',
    input: {},
    path: '/graphql',
    body: (name) => ({
      data: {
        teams: {
          nodes: [{ id: 't1', key: 'ENG', name }],
          pageInfo: { hasNextPage: false, endCursor: null },
        },
      },
    }),
  },
  queries: ['listUsers'],
  inputs: {
    listUsers: [{}, { teamId: 't1', first: 100, orderBy: 'updatedAt', includeDisabled: true }],
  },
};
