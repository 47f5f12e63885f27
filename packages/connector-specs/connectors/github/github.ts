import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { codeActions } from './code.ts';
import { GITHUB_API } from './github_api.ts';
import { issueActions } from './issues.ts';
import { pullRequestActions } from './pull_requests.ts';
import { searchActions } from './search.ts';
import { translations } from './translations.ts';

/** Issues, pull requests and files on GitHub. */
export const github = catalogueSpec({
  metadata: {
    id: '.github',
    displayName: 'GitHub',
    description: 'Read and change issues, pull requests and files on GitHub.',
    icon: 'logoGithub',
  },
  auth: {
    types: [{ type: 'oauth_authorization_code', defaults: {}, isRecommended: true }, 'bearer'],
  },
  apiOrigins: [GITHUB_API],
  provider: 'github',
  actions: { ...searchActions, ...issueActions, ...pullRequestActions, ...codeActions },
  test: connectionTest(searchActions.getMe, {}, 'Reads the account of the credentials.'),
  translations,
});
