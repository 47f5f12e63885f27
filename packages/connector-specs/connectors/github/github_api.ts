import { defineApi } from '../../operations/index.ts';

/** Origin of the REST API. */
export const GITHUB_API = 'https://api.github.com';

/** Declares operations of GitHub's REST API. */
export const { operation } = defineApi({
  name: 'GitHub API',
  baseUrl: GITHUB_API,
  provider: 'github',
  headers: { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' },
  naming: 'snake_case',
  // `repo` permits access to private repositories too, `public_repo` only to public ones, which
  // anyone may read.
  oauthScopes: {
    read: [['repo', 'public_repo']],
    change: [['repo', 'public_repo']],
    isReadRequired: false,
  },
  errors: {
    message: ['message'],
    details: ['errors'],
    code: ['errors.*.code'],
    requestIdHeader: 'x-github-request-id',
  },
});
