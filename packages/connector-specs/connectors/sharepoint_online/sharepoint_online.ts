import { GRAPH, GRAPH_ACCOUNT, getService } from '../../microsoft_graph/index.ts';
import {
  CATALOGUE,
  connectionTest,
  defineConnectorSpec,
  personalAuthTypes,
} from '../../spec_definition/index.ts';
import { fileActions } from './files.ts';
import { graphActions } from './graph.ts';
import { siteActions } from './sites.ts';
import { translations } from './translations.ts';

/** Scope that stands for the permissions that the administrator granted to the app registration. */
const DEFAULT_SCOPE = 'https://graph.microsoft.com/.default';

/** Sites, lists and files of SharePoint Online. */
export const sharepointOnline = defineConnectorSpec({
  metadata: {
    id: '.sharepoint-online',
    displayName: 'SharePoint Online',
    description: 'Find sites, pages, lists and files in SharePoint Online.',
    icon: 'logoWindows',
    ...CATALOGUE,
  },
  auth: {
    types: [
      {
        type: 'oauth_client_credentials',
        defaults: { scope: DEFAULT_SCOPE },
        overrides: { meta: { scope: { hidden: true } } },
      },
      ...personalAuthTypes({
        ears: 'microsoft',
        scope: `${DEFAULT_SCOPE} offline_access`,
        earsScope: 'Sites.Selected Files.Read.All offline_access',
      }),
    ],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: { ...siteActions, ...fileActions, ...graphActions },
  test: connectionTest(getService, {}, 'Reads the list of resources of Microsoft Graph.'),
  translations,
});
