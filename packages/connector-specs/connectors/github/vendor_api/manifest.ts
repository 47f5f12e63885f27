import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { readContents } from '../code.ts';
import { readPullRequest } from '../pull_requests.ts';

/** GitHub's own OpenAPI description. */
export const manifest: VendorManifest = {
  origins: ['https://api.github.com'],
  source: {
    package: '@octokit/openapi',
    version: '23.0.2',
    licence: 'MIT',
    sha256: '71a18407dd5e8464f4e0525daf03deabbe65abd9287d6adc7b5d98f516cd0d0c',
    file: 'generated/api.github.com.json',
  },
  handlers: {
    getFileContents: [readContents],
    pullRequestRead: Object.values(readPullRequest),
  },
};
