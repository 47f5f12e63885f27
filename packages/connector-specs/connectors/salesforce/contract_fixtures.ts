import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

const page = { totalSize: 1, done: true, records: [{ Id: '001000000000001', Name: 'Acme' }] };

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  accountCall: {
    origins: ['https://acme.my.salesforce.com'],
    action: 'get_record',
    input: { sobjectName: 'Account', recordId: '001000000000001AAA' },
    path: '/services/data/v66.0/sobjects/Account/001000000000001AAA',
    body: (Name) => ({ attributes: { type: 'Account' }, Id: '001000000000001AAA', Name }),
  },
  config: { loginHost: 'acme.my.salesforce.com' },
  grant: { instance_url: 'https://acme.my.salesforce.com' },
  response: ({ url }) => ({ body: url.includes('/search?') ? { searchRecords: [] } : page }),
};
