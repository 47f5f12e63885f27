import { GRAPH, GRAPH_ACCOUNT, readAccount } from '../../microsoft_graph/index.ts';
import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { fileActions } from './files.ts';
import { translations } from './translations.ts';

const SCOPE = 'Files.Read.All User.Read offline_access';

/** Files in OneDrive. */
export const oneDrive = catalogueSpec({
  metadata: {
    id: '.one_drive',
    displayName: 'OneDrive',
    description: 'Find, list and download files in OneDrive.',
    icon: 'storage',
  },
  auth: {
    types: personalAuthTypes({ ears: 'microsoft', scope: SCOPE }),
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: { getMe: readAccount, ...fileActions },
  test: connectionTest(readAccount, {}, 'Reads the account from Microsoft Graph.'),
  translations,
});
