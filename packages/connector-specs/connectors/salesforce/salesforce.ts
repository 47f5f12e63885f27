import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { listResources, objectActions } from './objects_and_files.ts';
import { recordActions } from './records.ts';
import { INSTANCE, LOGIN_HOST } from './salesforce_api.ts';
import { translations } from './translations.ts';

/** Records, schemas and files in Salesforce. */
export const salesforce = catalogueSpec({
  metadata: {
    id: '.salesforce',
    displayName: 'Salesforce',
    description: 'Query and search records, schemas and files in Salesforce.',
    icon: 'cloud',
  },
  auth: {
    types: [
      { type: 'oauth_authorization_code', defaults: {}, isRecommended: true },
      {
        type: 'oauth_client_credentials',
        defaults: {},
        overrides: { meta: { scope: { hidden: true } } },
      },
    ],
  },
  // An application without a user calls the login host, which must then be the organization's own.
  apiOrigins: [INSTANCE, LOGIN_HOST],
  provider: 'salesforce',
  actions: { ...recordActions, ...objectActions },
  test: connectionTest(listResources, {}, 'Lists the resources of the API.'),
  translations,
});
