import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
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
