import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

export const contractFixtures: ContractFixtures = {
  response: ({ url }) => {
    if (url.startsWith('/user')) return { body: { login: 'ana', id: 1 } };
    const issue = { number: 1, title: 't', state: 'open' };
    return { body: /issues\?/.test(url) ? [issue] : issue };
  },
};
