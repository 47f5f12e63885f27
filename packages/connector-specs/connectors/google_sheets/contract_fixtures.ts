import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  accountCall: {
    action: 'getSpreadsheet',
    input: { spreadsheetId: 's1' },
    path: '/v4/spreadsheets/s1',
    body: (title) => ({ spreadsheetId: 's1', properties: { title }, sheets: [] }),
  },
};
