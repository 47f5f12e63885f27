import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

const page = { totalSize: 1, done: true, records: [{ Id: '001000000000001', Name: 'Acme' }] };

export const contractFixtures: ContractFixtures = {
  config: { loginHost: 'acme.my.salesforce.com' },
  grant: { instance_url: 'https://acme.my.salesforce.com' },
  response: ({ url }) => ({ body: url.includes('/search?') ? { searchRecords: [] } : page }),
};
