import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  repeatable: { clearRange: 'An empty range stays empty.' },
  accountCall: {
    action: 'getSpreadsheet',
    input: { spreadsheetId: 's1' },
    path: '/v4/spreadsheets/s1',
    body: (title) => ({ spreadsheetId: 's1', properties: { title }, sheets: [] }),
  },
};
