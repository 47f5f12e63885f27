import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/**
 * Inputs and responses for the contract tests. Download URLs have only hosts of SharePoint or
 * OneDrive. The search is a POST that changes nothing.
 */
export const contractFixtures: ContractFixtures = {
  notRepeatable: { downloadItemFromURL: 'The URL is not part of Graph, and expires.' },
  // The permissions of the app registration decide what this action may request.
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
