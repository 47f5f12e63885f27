import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { AIRTABLE_API } from './airtable_api.ts';
import { baseActions } from './bases.ts';
import { recordActions } from './records.ts';
import { translations } from './translations.ts';

/** Bases and records in Airtable, as the user who connected. */
export const airtable = catalogueSpec({
  metadata: {
    id: '.airtable',
    displayName: 'Airtable',
    description: 'Read and change records in Airtable, and read the structure of bases.',
    icon: 'table',
  },
  auth: {
    types: [{ type: 'oauth_authorization_code', defaults: {}, isRecommended: true }],
  },
  apiOrigins: [AIRTABLE_API],
  provider: 'airtable',
  actions: { ...recordActions, ...baseActions },
  test: connectionTest(baseActions.whoAmI, {}, 'Reads the user of the credentials.'),
  translations,
});
