import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { GMAIL_API, getProfile, READ_ONLY } from './gmail_api.ts';
import { messageActions } from './messages.ts';
import { sendActions } from './send.ts';
import { translations } from './translations.ts';

/** Email in Gmail, always as the user who connected. The type has no shared credentials. */
export const gmail = catalogueSpec({
  metadata: {
    id: '.gmail',
    displayName: 'Gmail',
    description: 'Search, read, label and send email in Gmail.',
    icon: 'logoGmail',
  },
  auth: {
    types: personalAuthTypes({ ears: 'google', earsScope: READ_ONLY, isScopeVisible: true }),
  },
  apiOrigins: [GMAIL_API],
  provider: 'google',
  // The token response has no ID token, because scopes of Gmail do not include `openid`.
  account: { url: `${GMAIL_API}/gmail/v1/users/me/profile`, idPath: 'emailAddress' },
  actions: { ...messageActions, ...sendActions },
  test: connectionTest(getProfile, {}),
  translations,
});
