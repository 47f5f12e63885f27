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

/** Scopes for all types of records. Which of them an action needs depends on its input. */
const SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.companies.read',
  'crm.objects.deals.read',
  'tickets',
  'crm.objects.owners.read',
  'sales-email-read',
];

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
        defaults: { scope: SCOPES.join(' ') },
      },
    ],
  },
  apiOrigins: [HUBSPOT_API],
  provider: 'hubspot',
  actions: { searchCrmObjects, getCrmObject, listOwners, searchDeals, searchBroad, listPipelines },
  test: {
    enabled: true,
    description: 'Reads one contact.',
    handler: (context) => listObjects.call(context, { objectType: 'contacts', limit: 1 }),
  },
  translations,
});
