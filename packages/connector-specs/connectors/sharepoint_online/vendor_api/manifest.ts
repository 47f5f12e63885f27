import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { getService } from '../../../microsoft_graph/graph_api.ts';
import {
  aRead,
  GRAPH_DOCS,
  GRAPH_FILE_HOSTS,
  GRAPH_SOURCE,
  inPath,
  inQuery,
  listOf,
  NULLABLE,
  READ_ITEM,
  returnsBytes,
  returnsIdOf,
  searchFacts,
  serviceFacts,
} from '../../../microsoft_graph/vendor_facts.ts';

const ID = { type: 'string' } as const;
const SITE = { id: ID, name: NULLABLE, displayName: NULLABLE, webUrl: NULLABLE };
const PAGE = { id: ID, name: NULLABLE, title: NULLABLE, webUrl: NULLABLE };

/** Microsoft's own description of Graph. It is older than the pages of sites and the search. */
export const manifest: VendorManifest = {
  origins: ['https://graph.microsoft.com'],
  unusedValues: { 'GET /sites/{site-id}/lists/{list-id}/items $expand': 'fixed' },
  source: GRAPH_SOURCE,
  basePath: '/v1.0',
  fileHosts: GRAPH_FILE_HOSTS,
  test: getService,
  unmatched: {
    downloadItemFromURL: 'The URL is not part of Graph.',
    callGraphAPI: 'The caller chooses the operation.',
  },
  overlays: [
    ...returnsIdOf(
      'list',
      'GET /sites/{site-id}/drives',
      'GET /sites/{site-id}/lists',
      'GET /sites/{site-id}/lists/{list-id}/items',
      'GET /drives/{drive-id}/root/children',
      'GET /drives/{drive-id}/root:/{path}:/children',
    ),
    ...returnsBytes('GET /drives/{drive-id}/items/{driveItem-id}/content'),
    ...returnsIdOf('item', 'GET /sites/{site-id}', 'GET /drives/{drive-id}/items/{driveItem-id}'),
    {
      route: 'GET /drives/{drive-id}/root:/{path}:/children',
      at: ['parameters', 1],
      value: inPath('path', true),
      source: 'https://learn.microsoft.com/en-us/graph/onedrive-addressing-driveitems',
    },
  ],
  sameAs: {
    'GET /drives/{drive-id}/root/children': {
      route: 'GET /drives/{drive-id}/items/{driveItem-id}/children',
      source: `${GRAPH_DOCS}/driveitem-list-children`,
    },
    'GET /drives/{drive-id}/root:/{path}:/children': {
      route: 'GET /drives/{drive-id}/items/{driveItem-id}/children',
      source: `${GRAPH_DOCS}/driveitem-list-children`,
    },
  },
  added: {
    'GET /': serviceFacts,
    'GET /sites': {
      source: `${GRAPH_DOCS}/site-search`,
      facts: aRead([inQuery('search', ID, true)], listOf(SITE), ['value']),
    },
    'GET /sites/getAllSites': {
      source: `${GRAPH_DOCS}/site-getallsites`,
      facts: aRead([], listOf(SITE), ['value']),
    },
    'GET /sites/{hostname}:/{path}': {
      source: `${GRAPH_DOCS}/site-getbypath`,
      facts: aRead([inPath('hostname'), inPath('path', true)], SITE, ['id']),
    },
    'GET /sites/{site-id}/pages': {
      source: `${GRAPH_DOCS}/basesitepage-list`,
      facts: aRead([inPath('site-id')], listOf(PAGE), ['value']),
    },
    'GET /sites/{site-id}/pages/{sitePage-id}/microsoft.graph.sitePage': {
      source: `${GRAPH_DOCS}/sitepage-get`,
      facts: aRead(
        [inPath('site-id'), inPath('sitePage-id'), inQuery('$expand', { enum: ['canvasLayout'] })],
        { ...PAGE, canvasLayout: { type: ['object', 'null'] } },
        ['id'],
      ),
    },
    'POST /search/query': searchFacts(['site', 'list', 'listItem', 'drive', 'driveItem'], {
      size: { type: 'integer', minimum: 1, maximum: 500 },
      region: { enum: ['NAM', 'EUR', 'APC', 'LAM', 'MEA'] },
    }),
  },
  scopes: {
    'GET /drives/{drive-id}/items/{driveItem-id}': {
      ...READ_ITEM,
      // For files of the sites to which an administrator gave the app access:
      // https://learn.microsoft.com/en-us/graph/permissions-selected-overview
      scopes: [...READ_ITEM.scopes, 'Sites.Selected'],
    },
  },
  // Scopes for files without `All` permit access to the drive of the user only.
  unusedScopes: ['Files.Read', 'Files.ReadWrite', 'Group.Read.All', 'Group.ReadWrite.All'],
  scopeNames: [
    ...['Files.Read.All', 'Files.ReadWrite.All'],
    ...['Sites.Selected', 'Sites.Read.All', 'Sites.ReadWrite.All'],
  ],
};
