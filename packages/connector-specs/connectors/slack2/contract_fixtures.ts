import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  notTools: {
    createConversation: 'Others see it, and it cannot be undone by an action.',
    inviteToConversation: 'Others see it, and it cannot be undone by an action.',
  },
  otherScopes: { 'search:read.files': 'The app of EARS has it, and no action searches files.' },
  queries: ['searchMessages'],
  repeatable: { updateMessage: 'It replaces the text by a given one.' },
  withoutScopes: ['whoAmI'],
  accountCall: {
    action: 'whoAmI',
    input: {},
    path: '/api/auth.test',
    body: (user) => ({ ok: true, user_id: 'U1', user, team_id: 'T1', team: 'Acme' }),
  },
};
