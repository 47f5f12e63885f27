import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { listResources } from '../objects_and_files.ts';
import { documented } from './documented.ts';

/**
 * Salesforce publishes no description of its API. The client jsforce, which is not made by it, is a
 * weaker proof: its requests are recorded in `sdk_requests.json`.
 */
export const manifest: VendorManifest = {
  // The login host is the organization's own where no user authorizes.
  origins: ['{grant.instance_url}', 'https://{config.loginHost}'],
  source: {
    package: 'jsforce',
    version: '3.10.16',
    licence: 'MIT',
    sha256: '92328a90cb849a4e6496a4cb20d3d9ad443fa24545fcbda14a888fc4afc783a4',
    file: 'package.json',
  },
  added: documented,
  test: listResources,
  scopes: Object.fromEntries(
    Object.keys(documented).map((route) => [
      route,
      {
        scopes: ['api'],
        source:
          'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm',
      },
    ]),
  ),
};
