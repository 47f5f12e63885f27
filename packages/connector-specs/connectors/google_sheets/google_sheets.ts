import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { personalAuthTypes } from '../../spec_definition/personal_auth_types.ts';
import { SHEETS_API, SPREADSHEETS } from './sheets_api.ts';
import { spreadsheetActions } from './spreadsheets.ts';
import { translations } from './translations.ts';
import { valueActions } from './values.ts';

/** The ID token names the account, because the API of Sheets does not. */
const SCOPE = [SPREADSHEETS, 'openid', 'email'].join(' ');

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
  auth: { types: personalAuthTypes({ ears: 'google', scope: SCOPE, isScopeVisible: true }) },
  apiOrigins: [SHEETS_API],
  provider: 'google',
  actions: { ...spreadsheetActions, ...valueActions },
  // Every request needs the id of a spreadsheet.
  test: { enabled: false, handler: async () => undefined },
  translations,
});
