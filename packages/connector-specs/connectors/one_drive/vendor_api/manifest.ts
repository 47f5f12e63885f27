import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import {
  GRAPH_DOCS,
  GRAPH_FILE_HOSTS,
  GRAPH_SOURCE,
  hasNoNullItems,
  READ_ITEM,
  returnsBytes,
  returnsIdOf,
} from '../../../microsoft_graph/vendor_facts.ts';

const ITEM = '/drives/{drive-id}/items/{driveItem-id}';

/** Microsoft's description of Graph, in which the OneDrive of the user is one of the drives. */
export const manifest: VendorManifest = {
  origins: ['https://graph.microsoft.com'],
  source: GRAPH_SOURCE,
  basePath: '/v1.0',
  fileHosts: GRAPH_FILE_HOSTS,
  overlays: [
    ...returnsIdOf(
      'list',
      'GET /me/drive/root/children',
      'GET /me/drive/items/{driveItem-id}/children',
      "GET /me/drive/root/search(q='{q}')",
      'GET /me/drive/sharedWithMe',
      'GET /me/drive/recent',
    ),
    ...hasNoNullItems(
      "GET /me/drive/root/search(q='{q}')",
      'GET /me/drive/sharedWithMe',
      'GET /me/drive/recent',
    ),
    ...returnsBytes(`GET ${ITEM}/content`, 'GET /me/drive/items/{driveItem-id}/content'),
    ...returnsIdOf('item', 'GET /me', 'GET /me/drive', `GET ${ITEM}`),
    ...returnsIdOf('item', 'GET /me/drive/items/{driveItem-id}'),
  ],
  sameAs: {
    'GET /me/drive/root/children': {
      route: `GET ${ITEM}/children`,
      source: `${GRAPH_DOCS}/driveitem-list-children`,
    },
    'GET /me/drive/items/{driveItem-id}/children': {
      route: `GET ${ITEM}/children`,
      source: `${GRAPH_DOCS}/driveitem-list-children`,
    },
    'GET /me/drive/items/{driveItem-id}': {
      route: `GET ${ITEM}`,
      source: `${GRAPH_DOCS}/driveitem-get`,
    },
    'GET /me/drive/items/{driveItem-id}/content': {
      route: `GET ${ITEM}/content`,
      source: `${GRAPH_DOCS}/driveitem-get-content`,
    },
    "GET /me/drive/root/search(q='{q}')": {
      route: "GET /drives/{drive-id}/microsoft.graph.search(q='{q}')",
      source: `${GRAPH_DOCS}/driveitem-search`,
    },
    'GET /me/drive/sharedWithMe': {
      route: 'GET /drives/{drive-id}/microsoft.graph.sharedWithMe()',
      source: `${GRAPH_DOCS}/drive-sharedwithme`,
    },
    'GET /me/drive/recent': {
      route: 'GET /drives/{drive-id}/microsoft.graph.recent()',
      source: `${GRAPH_DOCS}/drive-recent`,
    },
  },
  scopes: {
    [`GET ${ITEM}`]: READ_ITEM,
    'GET /me/drive/items/{driveItem-id}': READ_ITEM,
  },
  // The actions are not for sites and groups, which belong to SharePoint, and do not change files.
  unusedScopes: [
    ...['Files.ReadWrite', 'Group.Read.All', 'Group.ReadWrite.All'],
    ...['Sites.Read.All', 'Sites.ReadWrite.All'],
  ],
  scopeNames: [
    ...['Files.Read', 'Files.Read.All', 'Files.ReadWrite.All'],
    ...['User.Read', 'User.Read.All', 'User.ReadBasic.All'],
  ],
};
