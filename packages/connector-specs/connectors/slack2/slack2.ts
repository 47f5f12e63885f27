import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { conversationActions } from './conversations.ts';
import { READ_CONVERSATIONS, READ_MESSAGES } from './fields.ts';
import { messageActions, SEARCH_MESSAGES } from './messages.ts';
import { SLACK } from './slack_api.ts';
import { translations } from './translations.ts';
import { userAndFileActions } from './users_and_files.ts';

/** Scopes of the app of EARS. The app has no scope to create channels or to invite. */
const EARS_SCOPES = [
  ...READ_CONVERSATIONS.optionalScopes,
  ...READ_MESSAGES.optionalScopes,
  ...SEARCH_MESSAGES.oauthScopes,
  ...SEARCH_MESSAGES.optionalScopes,
  ...['search:read.files', 'chat:write', 'files:read', 'users:read', 'users:read.email'],
];

/** Scopes for all kinds of conversations, because each kind has its own scopes. */
const SCOPES = [...EARS_SCOPES, 'channels:write', 'groups:write'];

/** Messages, channels, users and files in a Slack workspace, as the user who connected. */
export const slack2 = catalogueSpec({
  metadata: {
    id: '.slack2',
    displayName: 'Slack (v2)',
    description: 'Search, read and send messages in Slack, and list channels, users and files.',
    icon: 'logoSlack',
  },
  auth: {
    types: personalAuthTypes({
      ears: 'slack',
      scope: SCOPES.join(' '),
      earsScope: EARS_SCOPES.join(' '),
      isScopeVisible: true,
    }),
  },
  apiOrigins: [SLACK],
  provider: 'slack',
  // The token response names the id of the user, but no display name.
  account: { url: `${SLACK}/api/auth.test`, idPath: 'user_id', labelPath: 'user' },
  actions: { ...messageActions, ...conversationActions, ...userAndFileActions },
  test: connectionTest(
    userAndFileActions.whoAmI,
    {},
    'Reads the user and the workspace of the credentials.',
  ),
  translations,
});
