import { z } from 'zod';
import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { setMeta } from '../../ui_metadata/index.ts';
import { attachmentActions, issueActions } from './issues.ts';
import { ATLASSIAN_API, SITE } from './jira_api.ts';
import { getMyself, projectActions } from './projects_and_users.ts';
import { translations } from './translations.ts';

/** Issues, projects and attachments in Jira Cloud. */
export const jiraCloud = catalogueSpec({
  metadata: {
    id: '.jira-cloud',
    displayName: 'Jira Cloud',
    description: 'Find, read and change issues, projects and attachments in Jira Cloud.',
    icon: 'checkCircleFill',
  },
  auth: {
    types: [
      { type: 'oauth_authorization_code', defaults: {}, isRecommended: true },
      {
        type: 'basic',
        defaults: {},
        overrides: {
          label: 'Shared API token',
          meta: { username: { label: 'Email' }, password: { label: 'API token' } },
        },
      },
    ],
  },
  schema: z.strictObject({
    subdomain: setMeta(
      z
        .string()
        .max(63)
        .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$/i, 'must be the first part of the host name')
        .optional(),
      {
        label: 'Site',
        placeholder: 'acme',
        helpText:
          '"acme" if the site is acme.atlassian.net. Required with a shared API token. Users who connect their own account choose their site themselves.',
      },
    ),
  }),
  requiredConfig: { basic: ['subdomain'] },
  apiOrigins: [ATLASSIAN_API, SITE],
  provider: 'atlassian',
  actions: { ...issueActions, ...projectActions, ...attachmentActions },
  test: connectionTest(getMyself, {}),
  translations,
});
