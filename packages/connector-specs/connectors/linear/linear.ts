import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import {
  createAttachment,
  createComment,
  createIssue,
  getIssue,
  listIssues,
  updateIssue,
} from './issues.ts';
import { LINEAR_API } from './linear_api.ts';
import { translations } from './translations.ts';
import {
  getViewer,
  listCycles,
  listIssueLabels,
  listProjects,
  listTeams,
  listUsers,
  listWorkflowStates,
} from './workspace.ts';

/** Issues, projects and teams in Linear. */
export const linear = defineConnectorSpec({
  metadata: {
    id: '.linear',
    displayName: 'Linear',
    description: 'Find, create and change issues in Linear, and list teams, projects and users.',
    icon: 'listCheck',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: [
      {
        // Linear expects the key alone, without the word Bearer.
        type: 'api_key_header',
        defaults: { headerField: 'Authorization' },
        overrides: { meta: { Authorization: { label: 'API key' } } },
      },
      { type: 'oauth_authorization_code', isRecommended: true, defaults: {} },
    ],
  },
  apiOrigins: [LINEAR_API],
  provider: 'linear',
  actions: {
    listTeams,
    listProjects,
    listCycles,
    listWorkflowStates,
    listIssueLabels,
    listUsers,
    listIssues,
    getIssue,
    createIssue,
    createComment,
    createAttachment,
    updateIssue,
  },
  test: {
    enabled: true,
    description: 'Reads the user of the credentials.',
    // Linear grants it with every authorization.
    oauthScopes: ['read'],
    handler: (context) => getViewer.call(context, {}),
  },
  translations,
});
