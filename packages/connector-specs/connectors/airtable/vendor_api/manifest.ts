import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { documented } from './documented.ts';

/** Airtable's SDK, which has no description: its requests are recorded in `sdk_requests.json`. */
export const manifest: VendorManifest = {
  origins: ['https://api.airtable.com'],
  source: {
    package: 'airtable',
    version: '0.12.2',
    licence: 'MIT',
    sha256: '7c959c5d3f17c720c6328330bfae78df4e8e88ba79b21b5c0b7b828909fbfa1a',
    file: 'package.json',
  },
  basePath: '/v0',
  added: documented,
};
