import type { VendorManifest } from '../../../contract_tests/vendor_api/index.ts';

const REPO = '/repos/{owner}/{repo}';
/**
 * Both scopes permit reading and writing code and issues, `public_repo` only in public
 * repositories.
 */
const READS = [
  ...['branches', 'commits', 'commits/{ref}', 'contents/{path}', 'issues', 'pulls', 'tags'],
  ...['issues/{issue_number}', 'issues/{issue_number}/comments', 'releases', 'releases/latest'],
  ...['pulls/{pull_number}', 'pulls/{pull_number}/comments'],
].map((path) => `GET ${REPO}/${path}`);
const CHANGES = [
  ...['PATCH issues/{issue_number}', 'PATCH pulls/{pull_number}', 'POST git/refs', 'POST issues'],
  ...['POST issues/{issue_number}/assignees', 'POST issues/{issue_number}/comments'],
  ...['POST issues/{issue_number}/labels', 'POST pulls', 'PUT contents/{path}'],
  ...['POST actions/workflows/{workflow_id}/dispatches', 'PUT pulls/{pull_number}/merge'],
  'POST pulls/{pull_number}/requested_reviewers',
].map((route) => route.replace(' ', ` ${REPO}/`));

const JSON_HEADERS = {
  accept: ['application/vnd.github+json'],
  'x-github-api-version': ['2022-11-28'],
};

/** GitHub's own OpenAPI description. */
export const manifest: VendorManifest = {
  origins: ['https://api.github.com'],
  // https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
  headers: {
    '*': JSON_HEADERS,
    // https://docs.github.com/en/rest/pulls/pulls
    [`GET ${REPO}/pulls/{pull_number}`]: {
      ...JSON_HEADERS,
      accept: [...JSON_HEADERS.accept, 'application/vnd.github.diff'].sort(),
    },
    // https://docs.github.com/en/rest/repos/contents
    [`GET ${REPO}/contents/{path}`]: {
      ...JSON_HEADERS,
      accept: ['application/vnd.github.object+json'],
    },
  },
  source: {
    package: '@octokit/openapi',
    version: '23.0.2',
    licence: 'MIT',
    sha256: '71a18407dd5e8464f4e0525daf03deabbe65abd9287d6adc7b5d98f516cd0d0c',
    file: 'generated/api.github.com.json',
  },
  // Inputs of the workflow.
  freeFields: {
    [`POST ${REPO}/actions/workflows/{workflow_id}/dispatches`]: ['inputs'],
  },
  // A search without a scope finds only public objects.
  scopes: Object.fromEntries(
    [...READS, ...CHANGES].map((route) => [
      route,
      {
        scopes: ['repo', 'public_repo'],
        source:
          'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps',
      },
    ]),
  ),
};
