import { GRAPH, GRAPH_ACCOUNT, readAccount } from '../../microsoft_graph/graph_api.ts';
import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { personalAuthTypes } from '../../spec_definition/personal_auth_types.ts';
import {
  getAttachment,
  getMessage,
  listAttachments,
  listFolders,
  listMessages,
  searchMessages,
} from './messages.ts';
import { translations } from './translations.ts';

/** The account and the connection test need `User.Read`. */
const SCOPE = 'Mail.Read User.Read offline_access';

/** Mail in Outlook. */
export const outlook = defineConnectorSpec({
  metadata: {
    id: '.outlook',
    displayName: 'Outlook',
    description: 'Search and read mail in Outlook.',
    icon: 'mail',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: personalAuthTypes({ ears: 'microsoft', scope: SCOPE }),
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: {
    searchMessages,
    listMessages,
    getMessage,
    listAttachments,
    getAttachment,
    listFolders,
  },
  test: {
    enabled: true,
    description: 'Reads the account from Microsoft Graph.',
    handler: async (context) => {
      await readAccount.call(context, {});
      return {};
    },
  },
  translations,
});
