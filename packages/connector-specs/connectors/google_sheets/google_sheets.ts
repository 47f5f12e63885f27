import { ConnectorActionError } from '../../contract/errors.ts';
import { catalogueSpec, personalAuthTypes } from '../../spec_definition/index.ts';
import { SHEETS_API } from './sheets_api.ts';
import { spreadsheetActions } from './spreadsheets.ts';
import { translations } from './translations.ts';
import { valueActions } from './values.ts';

/** Read and change spreadsheets in Google Sheets, as the user who connected. */
export const googleSheets = catalogueSpec({
  metadata: {
    id: '.google_sheets',
    displayName: 'Google Sheets',
    description: 'Read, create and change spreadsheets in Google Sheets.',
    icon: 'tableDensityHigh',
  },
  auth: { types: personalAuthTypes({ ears: 'google', isScopeVisible: true }) },
  apiOrigins: [SHEETS_API],
  provider: 'google',
  actions: { ...spreadsheetActions, ...valueActions },
  test: {
    enabled: true,
    description: 'Requests a spreadsheet that does not exist, because the API has no other test.',
    // The ID token names the account, because the API of Sheets does not.
    oauthScopes: ['openid', 'email'],
    handler: async (context) => {
      const call = { spreadsheetId: 'connection-test-of-latchkey' };
      // Google checks token, scopes and API before it responds with 404, so a 404 means success.
      await spreadsheetActions.getSpreadsheet.call(context, call).catch((error: unknown) => {
        if (!(error instanceof ConnectorActionError && error.status === 404)) throw error;
      });
      return {};
    },
  },
  translations,
});
