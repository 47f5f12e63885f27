import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { HUBSPOT_API } from './hubspot_api.ts';
import { listRecords, recordActions } from './objects.ts';
import { settingsActions } from './owners_and_pipelines.ts';
import { translations } from './translations.ts';

/** Contacts, companies, deals and tickets in HubSpot. */
export const hubspot = catalogueSpec({
  metadata: {
    id: '.hubspot',
    displayName: 'HubSpot',
    description: 'Find and read contacts, companies, deals and tickets in HubSpot.',
    icon: 'users',
  },
  auth: {
    types: ['bearer', { type: 'oauth_authorization_code', defaults: {}, isRecommended: true }],
  },
  apiOrigins: [HUBSPOT_API],
  provider: 'hubspot',
  actions: { ...recordActions, ...settingsActions },
  test: {
    ...connectionTest(listRecords, { objectType: 'contacts', limit: 1 }, 'Reads one contact.'),
    oauthScopes: ['crm.objects.contacts.read'],
  },
  translations,
});
