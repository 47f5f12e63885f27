import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Download URLs have hosts of SharePoint or OneDrive only. The search is a POST that reads. */
export const contractFixtures: ContractFixtures = {
  notRepeatable: { downloadItemFromURL: 'The URL is not part of Graph, and expires.' },
  // The administrator chooses what it may request.
  withoutScopes: ['callGraphAPI'],
  accountCall: {
    action: 'getSite',
    input: { siteId: 's1' },
    path: '/v1.0/sites/s1',
    body: (displayName) => ({ id: 's1', displayName }),
  },
  queries: ['search'],
  inputs: {
    callGraphAPI: [{ method: 'GET', path: '/v1.0/' }],
    downloadItemFromURL: [{ downloadUrl: 'https://contoso.sharepoint.com/v1.0/' }],
  },
};
