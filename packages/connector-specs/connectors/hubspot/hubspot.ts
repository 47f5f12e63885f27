import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { HUBSPOT_API } from './hubspot_api.ts';
import {
  getCrmObject,
  listObjects,
  searchBroad,
  searchCrmObjects,
  searchDeals,
} from './objects.ts';
import { listOwners, listPipelines } from './owners_and_pipelines.ts';
import { translations } from './translations.ts';

/** Contacts, companies, deals and tickets in HubSpot. */
export const hubspot = defineConnectorSpec({
  metadata: {
    id: '.hubspot',
    displayName: 'HubSpot',
    description: 'Find and read contacts, companies, deals and tickets in HubSpot.',
    icon: 'users',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: [
      'bearer',
      {
        type: 'oauth_authorization_code',
        isRecommended: true,
        defaults: {},
      },
    ],
  },
  apiOrigins: [HUBSPOT_API],
  provider: 'hubspot',
  actions: { searchCrmObjects, getCrmObject, listOwners, searchDeals, searchBroad, listPipelines },
  test: {
    enabled: true,
    description: 'Reads one contact.',
    oauthScopes: ['crm.objects.contacts.read'],
    handler: (context) => listObjects.call(context, { objectType: 'contacts', limit: 1 }),
  },
  translations,
});
