import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  mayBeEmpty: { 'searchPageOrDSByTitle/query': 'Without words, all titles are found.' },
  queries: ['searchPageOrDSByTitle', 'queryDataSource'],
  accountCall: {
    action: 'getDataSource',
    input: { dataSourceId: 'd1' },
    path: '/v1/data_sources/d1',
    body: (text) => ({
      object: 'data_source',
      id: 'd1',
      title: [{ type: 'text', plain_text: text }],
      properties: {},
    }),
  },
};
