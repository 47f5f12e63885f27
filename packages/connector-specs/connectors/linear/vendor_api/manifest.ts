import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { getViewer } from '../workspace.ts';

const permits = (...scopes: readonly string[]) => ({
  scopes,
  source: 'https://linear.app/developers/oauth-2-0-authentication',
});
/**
 * All queries but `viewer`. The connection test needs the scope `read`, which Linear always grants.
 */
const QUERIES = [
  ...['teams', 'projects', 'cycles', 'workflowStates', 'issueLabels', 'users', 'members'],
  ...['issues', 'issue'],
];

/** The types of Linear's GraphQL schema in its own SDK. */
export const manifest: VendorManifest = {
  origins: ['https://api.linear.app'],
  source: {
    package: '@linear/sdk',
    version: '98.0.0',
    licence: 'MIT',
    sha256: 'fd1737a0cc4fe6ede4374878c8bf2d80dac27163bf593495f3673774e20095cc',
    file: 'dist/index-D2pH4Pk9.d.mts',
  },
  graphql: {
    library: {
      package: 'graphql',
      version: '16.15.0',
      licence: 'MIT',
      sha256: 'eaad4bb6ed001714c570342903b65a8ba4cbb4905e9bb614be0b53fdd9b48922',
      file: 'index.mjs',
    },
    route: 'POST /graphql',
    scalars: { DateTime: 'string', DateTimeOrDuration: 'string', TimelessDate: 'string' },
  },
  test: getViewer,
  scopes: {
    ...Object.fromEntries(QUERIES.map((name) => [name, permits('read', 'write')])),
    issueCreate: permits('issues:create', 'write'),
    commentCreate: permits('comments:create', 'write'),
    attachmentCreate: permits('write'),
    issueUpdate: permits('write'),
  },
};
