import { z } from 'zod';
import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { downloadFile } from './download_file.ts';
import { getJson } from './drive_api.ts';
import { getFileMetadata } from './get_file_metadata.ts';
import { listFiles } from './list_files.ts';
import { searchFiles } from './search_files.ts';
import { translations } from './translations.ts';

const SCOPE = [
  'https://www.googleapis.com/auth/drive.readonly',
  'https://www.googleapis.com/auth/drive.metadata.readonly',
].join(' ');

const about = z.object({
  user: z
    .object({ displayName: z.string().optional(), emailAddress: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** Search, list and download files in Google Drive. */
export const googleDrive = defineConnectorSpec({
  metadata: {
    id: '.google_drive',
    displayName: 'Google Drive',
    description: 'Search, list and download files in Google Drive.',
    icon: 'logoGoogleG',
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
        defaults: { scope: SCOPE },
        overrides: {
          meta: {
            authorizationUrl: { hidden: true },
            tokenUrl: { hidden: true },
            scope: { hidden: true },
          },
        },
      },
      {
        type: 'ears',
        defaults: { provider: 'google', scope: SCOPE },
        isExperimental: true,
        overrides: { meta: { scope: { disabled: true } } },
      },
    ],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: ['https://www.googleapis.com'],
  provider: 'google',
  // With the scopes of Drive the token response has no ID token.
  account: {
    url: 'https://www.googleapis.com/drive/v3/about?fields=user',
    idPath: 'user.permissionId',
    labelPath: 'user.emailAddress',
  },
  actions: { searchFiles, listFiles, downloadFile, getFileMetadata },
  test: {
    enabled: true,
    description: 'Reads the account from Google Drive.',
    handler: (context) =>
      getJson(context, { path: '/about', query: { fields: 'user' }, shape: about }),
  },
  translations,
});
