import { GRAPH, GRAPH_ACCOUNT, readAccount } from '../../microsoft_graph/index.ts';
import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { messageActions } from './messages.ts';
import { translations } from './translations.ts';

/** Scopes of the authorization. The account and the connection test need `User.Read`. */
const SCOPE = 'Mail.Read User.Read offline_access';

/** Mail in Outlook. */
export const outlook = catalogueSpec({
  metadata: {
    id: '.outlook',
    displayName: 'Outlook',
    description: 'Search and read mail in Outlook.',
    icon: 'mail',
  },
  auth: {
    types: personalAuthTypes({ ears: 'microsoft', scope: SCOPE }),
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: messageActions,
  test: {
    ...connectionTest(readAccount, {}, 'Reads the account from Microsoft Graph.'),
    handler: async (context) => {
      await readAccount.call(context, {});
      return {};
    },
  },
  translations,
});
