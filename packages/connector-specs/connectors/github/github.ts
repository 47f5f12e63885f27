import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { getMe } from './account.ts';
import { GITHUB_API } from './github_api.ts';
import { getIssue, listIssues } from './issues.ts';
import { translations } from './translations.ts';

/** Issues, pull requests and files on GitHub. */
export const github = defineConnectorSpec({
  metadata: {
    id: '.github',
    displayName: 'GitHub',
    description: 'Read and change issues, pull requests and files on GitHub.',
    icon: 'logoGithub',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: [
      {
        type: 'oauth_authorization_code',
        defaults: {},
        isRecommended: true,
        overrides: {
          meta: { authorizationUrl: { hidden: true }, tokenUrl: { hidden: true } },
        },
      },
      'bearer',
    ],
  },
  apiOrigins: [GITHUB_API],
  provider: 'github',
  actions: { getMe, listIssues, getIssue },
  test: {
    enabled: true,
    description: 'Reads the account of the credentials.',
    handler: (context) => getMe.call(context, {}),
  },
  translations,
});
