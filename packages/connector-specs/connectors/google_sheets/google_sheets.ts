import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { personalAuthTypes } from '../../spec_definition/personal_auth_types.ts';
import { SHEETS_API } from './sheets_api.ts';
import { spreadsheetActions } from './spreadsheets.ts';
import { translations } from './translations.ts';
import { valueActions } from './values.ts';

/** Read and change spreadsheets in Google Sheets, as the user who connected. */
export const googleSheets = defineConnectorSpec({
  metadata: {
    id: '.google_sheets',
    displayName: 'Google Sheets',
    description: 'Read, create and change spreadsheets in Google Sheets.',
    icon: 'table',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: { types: personalAuthTypes({ ears: 'google', isScopeVisible: true }) },
  apiOrigins: [SHEETS_API],
  provider: 'google',
  actions: { ...spreadsheetActions, ...valueActions },
  test: {
    // Every request needs the id of a spreadsheet.
    enabled: false,
    // The ID token names the account, because the API of Sheets does not.
    oauthScopes: ['openid', 'email'],
    handler: async () => undefined,
  },
  translations,
});
