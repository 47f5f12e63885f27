import * as graph from '../../microsoft_graph/index.ts';
import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { fileActions } from './files.ts';
import { graphActions } from './graph.ts';
import { siteActions } from './sites.ts';
import { translations } from './translations.ts';

/** Sites, lists and files of SharePoint Online. */
export const sharepointOnline = catalogueSpec({
  metadata: {
    id: '.sharepoint-online',
    displayName: 'SharePoint Online',
    description: 'Find sites, pages, lists and files in SharePoint Online.',
    icon: 'logoWindows',
  },
  auth: {
    types: [
      graph.APPLICATION_AUTH,
      ...personalAuthTypes({
        ears: 'microsoft',
        scope: `${graph.DEFAULT_SCOPE} offline_access`,
        earsScope: 'Sites.Selected Files.Read.All offline_access',
      }),
    ],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [graph.GRAPH],
  provider: 'microsoft',
  account: graph.GRAPH_ACCOUNT,
  actions: { ...siteActions, ...fileActions, ...graphActions },
  test: connectionTest(graph.getService, {}, 'Reads the list of resources of Microsoft Graph.'),
  translations,
});
