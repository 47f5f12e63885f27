import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** A fake workspace with one page and one data source. */
export const contractFixtures: ContractFixtures = {
  response: ({ method, url }) => {
    if (method === 'POST' || url.startsWith('/v1/users')) {
      return { body: { object: 'list', results: [], next_cursor: null, has_more: false } };
    }
    return { body: { object: url.startsWith('/v1/pages/') ? 'page' : 'data_source', id: 'id-1' } };
  },
};
