import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { listRecords } from '../objects.ts';

const SCOPES =
  'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes';

/** Records of one type that belong to a record. */
const associated = {
  type: 'object',
  properties: {
    results: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    },
  },
  required: ['results'],
};

/** HubSpot's own SDK, which is generated from its OpenAPI descriptions. */
export const manifest: VendorManifest = {
  origins: ['https://api.hubapi.com'],
  source: {
    package: '@hubspot/api-client',
    version: '14.0.1',
    licence: 'ISC',
    sha256: 'fbab080fb612a0ab5968827281d8e4bb6b2ed596272e7d02ce30454f43b4b2db',
    file: 'lib/codegen/crm',
  },
  clientFolders: ['objects', 'owners', 'pipelines', 'associations'],
  overlays: [
    {
      // The description lets every type of records be a name there.
      route: 'GET /crm/v3/objects/{objectType}/{objectId}',
      at: ['responses', 0, 'schema', 'properties', 'associations', 'properties'],
      value: { notes: associated },
      source: 'https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide',
    },
  ],
  test: listRecords,
  scopes: {
    'GET /crm/v3/owners': { scopes: ['crm.objects.owners.read'], source: SCOPES },
  },
  // The type of the records decides which of these scopes an operation needs.
  scopeNames: [
    ...['contacts', 'companies', 'deals', 'owners'].map((type) => `crm.objects.${type}.read`),
    ...['tickets', 'sales-email-read'],
  ],
};
