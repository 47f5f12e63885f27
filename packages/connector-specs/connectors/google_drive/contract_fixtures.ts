import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** A fake Drive with one type of file. */
export const contractFixtures: ContractFixtures = {
  response: ({ url }) => {
    if (url.includes('alt=media') || url.includes('/export?')) return { body: 'content' };
    if (/\/files\/[^/?]+/.test(url)) return { body: { id: 'f1', name: 'a', mimeType: 'text/csv' } };
    return { body: { files: [] } };
  },
};
