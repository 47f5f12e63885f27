import { GRAPH, GRAPH_ACCOUNT, readAccount } from '../../microsoft_graph/graph_api.ts';
import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import {
  getDrive,
  getFileContent,
  getFileMetadata,
  getItemChildren,
  listRecentFiles,
  listSharedWithMe,
  search,
} from './files.ts';
import { translations } from './translations.ts';

const SCOPE = 'Files.Read.All User.Read offline_access';

/** Files in OneDrive. */
export const oneDrive = defineConnectorSpec({
  metadata: {
    id: '.one_drive',
    displayName: 'OneDrive',
    description: 'Find, list and download files in OneDrive.',
    icon: 'logoWindows',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: [
      {
        type: 'oauth_authorization_code',
        isRecommended: true,
        defaults: { scope: SCOPE },
        overrides: { meta: { scope: { hidden: true } } },
      },
      {
        type: 'ears',
        defaults: { provider: 'microsoft', scope: SCOPE },
        isExperimental: true,
        overrides: { meta: { scope: { disabled: true } } },
      },
    ],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: {
    getMe: readAccount,
    getDrive,
    getItemChildren,
    search,
    getFileMetadata,
    getFileContent,
    listSharedWithMe,
    listRecentFiles,
  },
  test: {
    enabled: true,
    description: 'Reads the account from Microsoft Graph.',
    handler: (context) => readAccount.call(context, {}),
  },
  translations,
});
