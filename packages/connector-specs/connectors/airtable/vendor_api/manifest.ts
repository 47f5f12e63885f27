import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { documented } from './documented.ts';

/** Scopes of the operations. The scope of `/meta/whoami` adds the email address to the response. */
const SCOPES = {
  'GET /meta/bases': 'schema.bases:read',
  'GET /meta/bases/{baseId}/tables': 'schema.bases:read',
  'GET /{baseId}/{tableIdOrName}': 'data.records:read',
  'POST /{baseId}/{tableIdOrName}/listRecords': 'data.records:read',
  'GET /{baseId}/{tableIdOrName}/{recordId}': 'data.records:read',
  'POST /{baseId}/{tableIdOrName}': 'data.records:write',
  'PATCH /{baseId}/{tableIdOrName}': 'data.records:write',
  'DELETE /{baseId}/{tableIdOrName}/{recordId}': 'data.records:write',
};

/** Airtable's SDK contains no description, so its requests are recorded in `sdk_requests.json`. */
export const manifest: VendorManifest = {
  origins: ['https://api.airtable.com'],
  // The longest generated list, which is in a body, has equal items.
  unusedValues: { 'POST /{baseId}/{tableIdOrName}/listRecords sort[].direction': ['desc'] },
  source: {
    package: 'airtable',
    version: '0.12.2',
    licence: 'MIT',
    sha256: '7c959c5d3f17c720c6328330bfae78df4e8e88ba79b21b5c0b7b828909fbfa1a',
    file: 'package.json',
  },
  notInSdk: {
    whoAmI: 'The SDK has calls for records only.',
    listBases: 'The SDK has calls for records only.',
    getBaseSchema: 'The SDK has calls for records only.',
  },
  basePath: '/v0',
  added: documented,
  // Names of columns.
  freeFields: {
    'POST /{baseId}/{tableIdOrName}': ['records[].fields'],
    'PATCH /{baseId}/{tableIdOrName}': ['records[].fields'],
  },
  scopes: Object.fromEntries(
    Object.entries(SCOPES).map(([route, scope]) => [
      route,
      { scopes: [scope], source: 'https://airtable.com/developers/web/api/scopes' },
    ]),
  ),
};
