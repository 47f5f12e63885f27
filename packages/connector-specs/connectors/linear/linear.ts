import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { issueActions } from './issues.ts';
import { LINEAR_API } from './linear_api.ts';
import { translations } from './translations.ts';
import { getViewer, workspaceActions } from './workspace.ts';

/** Issues, projects and teams in Linear. */
export const linear = catalogueSpec({
  metadata: {
    id: '.linear',
    displayName: 'Linear',
    description: 'Find, create and change issues in Linear, and list teams, projects and users.',
    icon: 'listCheck',
  },
  auth: {
    types: [
      // Linear expects the key alone, without the word Bearer.
      { type: 'api_key_header', defaults: { headerField: 'Authorization' } },
      { type: 'oauth_authorization_code', isRecommended: true, defaults: {} },
    ],
  },
  apiOrigins: [LINEAR_API],
  provider: 'linear',
  actions: { ...workspaceActions, ...issueActions },
  test: connectionTest(getViewer, {}),
  translations,
});
