import { z } from 'zod';
import { lenientTexts } from '../../google_apis/index.ts';
import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { GOOGLE_API, operation } from './drive_api.ts';
import { fileActions } from './files.ts';
import { translations } from './translations.ts';

/** Operation of the connection test. */
export const getAbout = operation('GET /about', {
  description: 'Reads the account.',
  input: {},
  fixed: { query: { fields: 'user' } },
  output: z.object({
    user: z.object(lenientTexts('displayName', 'emailAddress')).optional().catch(undefined),
  }),
  oauthScopes: [],
});

/** Search, list and download files in Google Drive. */
export const googleDrive = catalogueSpec({
  metadata: {
    id: '.google_drive',
    displayName: 'Google Drive',
    description: 'Search, list and download files in Google Drive.',
    icon: 'logoGoogleG',
  },
  auth: {
    types: ['bearer', ...personalAuthTypes({ ears: 'google' })],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GOOGLE_API],
  provider: 'google',
  // The token response has no ID token, because scopes of Drive do not include `openid`.
  account: {
    url: `${GOOGLE_API}/drive/v3/about?fields=user`,
    idPath: 'user.permissionId',
    labelPath: 'user.emailAddress',
  },
  actions: fileActions,
  test: connectionTest(getAbout, {}, 'Reads the account from Google Drive.'),
  translations,
});
