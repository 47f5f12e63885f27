import { z } from 'zod';
import { text } from '../../google_apis/index.ts';
import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { personalAuthTypes } from '../../spec_definition/personal_auth_types.ts';
import { changeActions } from './change.ts';
import { ADDRESS, GMAIL_API, operation, READ_ONLY } from './gmail_api.ts';
import { readActions } from './read.ts';
import { sendActions } from './send.ts';
import { translations } from './translations.ts';

/** Operation of the connection test. */
export const getProfile = operation('GET /profile', {
  scope: 'read',
  description: 'Reads the account.',
  input: {},
  output: z.object({ emailAddress: text(), messagesTotal: z.number().optional() }),
});

/**
 * Search, read, label and send email in Gmail, always as the user who connected: there are no
 * shared credentials.
 */
export const gmail = defineConnectorSpec({
  metadata: {
    id: '.gmail',
    displayName: 'Gmail',
    description: 'Search, read, label and send email in Gmail.',
    icon: 'logoGmail',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: personalAuthTypes({ ears: 'google', earsScope: READ_ONLY, isScopeVisible: true }),
  },
  apiOrigins: [GMAIL_API],
  provider: 'google',
  // With the scopes of Gmail the token response has no ID token.
  account: { url: `${GMAIL_API}/gmail/v1/users/me/profile`, idPath: 'emailAddress' },
  actions: { ...readActions, ...changeActions, ...sendActions },
  test: {
    enabled: true,
    description: 'Reads the account from Gmail.',
    oauthScopes: ADDRESS,
    handler: (context) => getProfile.call(context, {}),
  },
  translations,
});
